import Synchronization

/// Holds jobs while a server that they need is away, and lets all of them go on when it is back.
///
/// Thread-safe. Waiting ends for good with `close`, when the program stops.
final class DependencyGate: Sendable {
    private struct State {
        var away: Set<String> = []
        var isClosed = false
        var waiters: [UInt64: UnsafeContinuation<Bool, Never>] = [:]
        var next: UInt64 = 0
        var observer: (@Sendable (_ isOpen: Bool) -> Void)?
    }

    private let state = Mutex(State())

    /// Whether every server is there.
    var isOpen: Bool { state.withLock { $0.away.isEmpty } }

    /// Hears when the first server goes away and when the last is back.
    func onChange(_ observer: @escaping @Sendable (_ isOpen: Bool) -> Void) {
        state.withLock { $0.observer = observer }
    }

    func report(_ server: String, isAway: Bool) {
        let (released, tell) = state.withLock { state -> ([UnsafeContinuation<Bool, Never>], (() -> Void)?) in
            let wasOpen = state.away.isEmpty
            if isAway { state.away.insert(server) } else { state.away.remove(server) }
            let isOpen = state.away.isEmpty
            let observer = state.observer
            return (isOpen ? Self.takeWaiters(&state) : [], wasOpen == isOpen ? nil : { observer?(isOpen) })
        }
        for waiter in released { waiter.resume(returning: true) }
        tell?()
    }

    func close() {
        let released = state.withLock { state in
            state.isClosed = true
            return Self.takeWaiters(&state)
        }
        for waiter in released { waiter.resume(returning: false) }
    }

    /// Returns true when every dependency is there, false when the program stops.
    func wait() async -> Bool {
        await withUnsafeContinuation { continuation in
            let now = state.withLock { state -> Bool? in
                if state.isClosed { return false }
                if state.away.isEmpty { return true }
                state.waiters[state.next] = continuation
                state.next += 1
                return nil
            }
            if let now { continuation.resume(returning: now) }
        }
    }

    private static func takeWaiters(_ state: inout State) -> [UnsafeContinuation<Bool, Never>] {
        defer { state.waiters = [:] }
        return Array(state.waiters.values)
    }
}
