import Synchronization

/// A clock that stands still until it is moved, in microseconds. Any thread may read it.
public final class HandClock: Sendable {
    private let time: Mutex<Int>

    public init(_ microseconds: Int) { time = Mutex(microseconds) }

    public var now: Int { time.withLock { $0 } }
    /// Forward, or by a negative number back.
    public func move(_ microseconds: Int) { time.withLock { $0 += microseconds } }
}
