import Synchronization

/// Holds dead letters while the database does not take them, and lets all of them go on when it does again.
///
/// Thread-safe. Waiting ends for good with `close`, when the program stops.
final class StorageGate: Sendable {
    private struct State {
        var isShut = false
        var isClosed = false
        var waiters: [UnsafeContinuation<Bool, Never>] = []
    }

    private let state = Mutex(State())

    /// True for the first who shuts it: whoever that is sees to its opening.
    func shut() -> Bool {
        state.withLock { state in
            guard !state.isShut, !state.isClosed else { return false }
            state.isShut = true
            return true
        }
    }

    func open() { release(going: true) { $0.isShut = false } }

    func close() { release(going: false) { $0.isClosed = true } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Returns true when there is a point in trying, false when the program stops.
    func wait() async -> Bool {
        await withUnsafeContinuation { continuation in
            let now = state.withLock { state -> Bool? in
                if state.isClosed { return false }
                if !state.isShut { return true }
                state.waiters.append(continuation)
                return nil
            }
            if let now { continuation.resume(returning: now) }
        }
    }

    private func release(going: Bool, _ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: going) }
    }
}
