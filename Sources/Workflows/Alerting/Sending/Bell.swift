import Synchronization

/// Wakes those who wait for something to do. Thread-safe; one ring wakes all, and one that nobody heard wakes the next to wait.
final class Bell: Sendable {
    private struct State {
        var waiters: [UInt64: UnsafeContinuation<Void, Never>] = [:]
        var next: UInt64 = 0
        var isRung = false
    }

    private let state = Mutex(State())

    func ring() {
        let waiters = state.withLock { state in
            state.isRung = state.waiters.isEmpty
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns at a ring, after `limit`, or when the task is cancelled.
    func wait(_ limit: Duration) async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isDue = state.withLock { state -> Bool in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiters[id] = continuation
                    return false
                }
                if isDue { return continuation.resume() }
                Task { [weak self] in
                    try? await Task.sleep(for: limit)
                    self?.release(id)
                }
            }
        } onCancel: {
            release(id)
        }
    }

    private func release(_ id: UInt64) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
}
