import Contracts
import FoundationEssentials
import Isolation
import Postgres
import Privacy

/// A row of `analysis_batches`: questions about one user's tweets that the provider has as a batch.
struct StoredBatch: Sendable {
    enum State: String, Sendable {
        /// Noted before it is handed over: found without an id, nobody knows whether it arrived.
        case submitting
        case running
        /// Its answers are stored; the provider is still to delete them.
        case fetched
    }

    /// What stands in one of its requests.
    struct Entry: Sendable {
        let customID: String
        let tweets: [String]
        let isApart: Bool
        let receipt: PromptReceipt
    }

    var id: String?
    var state: State
    let model: String
    let entries: [Entry]
    let submittedAt: Date

    static func read(_ rows: UserRows, _ kind: AnalyzeRequest.Kind) async throws -> StoredBatch? {
        let row = try await rows.query(
            SQL(
                """
                select batch_id, state, model, questions::text as questions, submitted_at from analysis_batches
                where user_id = \(rows.user.rawValue) and kind = \(kind.rawValue)
                """
            ).named("analysis_batch")
        ).first
        guard let row else { return nil }
        let questions = try? Privacy.JSONValue(parsing: try row.decode(String.self, "questions"))
        return StoredBatch(
            id: try row.decode(String?.self, "batch_id"),
            state: State(rawValue: try row.decode(String.self, "state")) ?? .submitting,
            model: try row.decode(String.self, "model"),
            entries: (questions?.elements ?? []).compactMap { Entry($0) },
            submittedAt: try row.decode(Date.self, "submitted_at"))
    }

    func insertion(_ rows: UserRows, _ kind: AnalyzeRequest.Kind, for message: MessageID) -> SQL {
        let questions = Privacy.JSONValue.array(entries.map(\.json)).serialized()
        return SQL(
            """
            insert into analysis_batches (user_id, kind, message_id, model, questions, state)
            values (\(rows.user.rawValue), \(kind.rawValue), \(message.rawValue), \(model),
                    \(Postgres.JSONText(rawValue: questions))::jsonb, \(state.rawValue))
            """
        ).named("analysis_batch_insert")
    }

    static func update(_ rows: UserRows, _ kind: AnalyzeRequest.Kind, id: String, to state: State) -> SQL {
        SQL(
            """
            update analysis_batches set batch_id = \(id), state = \(state.rawValue)
            where user_id = \(rows.user.rawValue) and kind = \(kind.rawValue)
            """
        ).named("analysis_batch_update")
    }

    /// The provider has nothing of it any more: without its id it is not one of those that are left behind (`LeftBatches`).
    static func removal(_ rows: UserRows, _ kind: AnalyzeRequest.Kind) -> [SQL] {
        let forget = SQL(
            """
            update analysis_batches set batch_id = null
            where user_id = \(rows.user.rawValue) and kind = \(kind.rawValue)
            """)
        let delete = SQL(
            "delete from analysis_batches where user_id = \(rows.user.rawValue) and kind = \(kind.rawValue)")
        return [forget.named("analysis_batch_forget"), delete.named("analysis_batch_delete")]
    }
}

extension StoredBatch.Entry {
    var json: Privacy.JSONValue {
        [
            "id": .string(customID), "tweets": .array(tweets.map { .string($0) }), "apart": .bool(isApart),
            "receipt": receipt.json,
        ]
    }

    init?(_ json: Privacy.JSONValue) {
        guard let id = json["id"]?.string, let tweets = json["tweets"]?.elements,
            let receipt = json["receipt"].flatMap({ PromptReceipt($0) })
        else { return nil }
        self.init(
            customID: id, tweets: tweets.compactMap(\.string), isApart: json["apart"]?.bool ?? false, receipt: receipt)
    }
}
