import Synchronization

/// What handlers and callbacks saw, from any thread.
public final class Tally<Value: Hashable & Sendable>: Sendable {
    private let counts = Mutex<[Value: Int]>([:])

    public init() {}

    public func add(_ value: Value) { counts.withLock { $0[value, default: 0] += 1 } }
    public func count(_ value: Value) -> Int { counts.withLock { $0[value] ?? 0 } }
    public var distinct: Int { counts.withLock { $0.count } }
    public var total: Int { counts.withLock { $0.values.reduce(0, +) } }
}
