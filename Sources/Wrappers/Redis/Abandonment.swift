import Synchronization

/// Carries a cancellation to the connection, whichever comes first: the cancellation or the call's number.
final class Abandonment: Sendable {
    private struct State {
        var call: UInt64?
        var isCancelled = false
    }

    private let state = Mutex(State())
    private let connection: RedisConnection

    init(_ connection: RedisConnection) { self.connection = connection }

    func began(_ call: UInt64) {
        let isCancelled = state.withLock { state in
            state.call = call
            return state.isCancelled
        }
        if isCancelled { abandon(call) }
    }

    func cancel() {
        let call = state.withLock { state in
            state.isCancelled = true
            return state.call
        }
        if let call { abandon(call) }
    }

    private func abandon(_ call: UInt64) {
        Task { [connection] in await connection.abandon(call) }
    }
}
