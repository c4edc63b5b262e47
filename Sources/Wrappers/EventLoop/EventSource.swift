/// Something with a socket that an `EventLoop` serves. All calls come on the loop's thread, outside of any task: an actor on
/// that loop enters itself with `assumeIsolated`.
public protocol EventSource: AnyObject {
    func ready(_ readiness: Readiness)
    /// Called once after `EventLoop.flushBeforeSleep`.
    func flush()
}

extension EventSource {
    public func flush() {}
}

/// What a socket can do, or what its owner waits for. An error or a hang-up shows as both.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let readable = Readiness(rawValue: 1)
    public static let writable = Readiness(rawValue: 2)
}

/// A descriptor under watch; given back to `change` and `unwatch`.
public struct WatchToken: Sendable {
    let id: UInt64
    let descriptor: Int32
}
