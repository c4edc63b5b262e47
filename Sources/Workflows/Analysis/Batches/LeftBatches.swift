import AnthropicAPI
import Isolation
import Postgres

/// Batches whose user was erased while they ran: of each only the provider's name is left, in `batches_left` (migration 0051), until the
/// provider has deleted it too. The erased user's own message, which comes back to ask for its batch, sees to that.
struct LeftBatches {
    let client: AnthropicClient
    let rows: UserRows

    /// False while it takes the provider some time to cancel one of them, or it is away.
    func clear() async throws -> Bool {
        let ids = try await rows.query("select batch_id from batches_left order by left_at limit 100").map {
            try $0.decode(String.self, "batch_id")
        }
        var isClear = true
        for id in ids {
            if try await end(id) {
                try await rows.query("delete from batches_left where batch_id = \(id)")
            } else {
                isClear = false
            }
        }
        return isClear
    }

    /// Cancels a batch and has it deleted. False while it is being cancelled, and while the provider is away.
    func end(_ id: String) async throws -> Bool {
        do {
            if try await client.batch(id).processing == .inProgress { try await client.cancelBatch(id) }
            guard try await client.batch(id).processing == .ended else { return false }
            try await client.deleteBatch(id)
        } catch AnthropicError.notFound {
            // The provider has nothing of it any more.
        } catch AnthropicError.unavailable, AnthropicError.rateLimited, AnthropicError.overloaded {
            // It still has it, and whoever asks for this is all that remembers: no attempts are used up meanwhile.
            return false
        }
        return true
    }
}
