import EventLoop
import Synchronization

/// Ends work that takes too long, by cancelling its task.
///
/// RabbitMQ closes the channel of a consumer that keeps a message unacknowledged for 30 minutes (`consumer_timeout`,
/// https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout), and everything that the channel held is delivered
/// again. Work ends before that by this limit, and counts as an attempt that failed.
///
/// One timer looks at all running work, so that a message costs no timer of its own. Thread-safe.
final class WorkLimit: Sendable {
    private struct Entry {
        let deadline: ContinuousClock.Instant
        let cancel: @Sendable () -> Void
        var isOver = false
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var next: UInt64 = 0
        var isWatching = false
    }

    private let limit: Duration
    private let state = Mutex(State())

    init(_ limit: Duration) { self.limit = limit }

    /// - Throws: `WorkTookTooLong` when the limit ended it, or what `body` throws.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task(executorPreference: EventLoop.shared) { try await body() }
        let id = begin { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        let isOver = end(id)
        do { return try result.get() } catch {
            if isOver { throw WorkTookTooLong() }
            throw error
        }
    }

    private func begin(_ cancel: @escaping @Sendable () -> Void) -> UInt64 {
        let (id, mustWatch) = state.withLock { state in
            state.next += 1
            state.entries[state.next] = Entry(deadline: .now + limit, cancel: cancel)
            defer { state.isWatching = true }
            return (state.next, !state.isWatching)
        }
        if mustWatch { Task { await watch() } }
        return id
    }

    private func end(_ id: UInt64) -> Bool {
        state.withLock { $0.entries.removeValue(forKey: id)?.isOver ?? false }
    }

    private func watch() async {
        while true {
            try? await Task.sleep(for: limit / 20)
            let due = state.withLock { state -> [@Sendable () -> Void]? in
                guard !state.entries.isEmpty else {
                    state.isWatching = false
                    return nil
                }
                let now = ContinuousClock.now
                var due: [@Sendable () -> Void] = []
                for (id, entry) in state.entries where entry.deadline <= now && !entry.isOver {
                    state.entries[id]?.isOver = true
                    due.append(entry.cancel)
                }
                return due
            }
            guard let due else { return }
            for cancel in due { cancel() }
        }
    }
}

struct WorkTookTooLong: Error, CustomStringConvertible {
    var description: String { "the work took longer than a message may be held" }
}
