import Alerting
import Contracts
import FoundationEssentials
import Postgres
import Privacy

/// A row of `dead_letters`. What came from outside is still as it was stored: clean it before it is shown.
struct DeadRow: Sendable {
    let id: String
    let queue: String
    let messageID: String?
    let reason: String
    let code: String?
    let body: String?
    let userID: String?
    let headers: String
    let diedAt: Date
    let storedAt: Date
    let status: String
    let isWhole: Bool
    let deaths: Int
    let settledAt: Date?
    let settledBy: String?
    let note: String?

    init(_ row: PostgresRow) throws {
        id = try row.decode(String.self, "id")
        queue = try row.decode(String.self, "queue")
        messageID = try row.decode(String?.self, "message_id")
        reason = try row.decode(String.self, "reason")
        code = try row.decode(String?.self, "code")
        body = try row.decode(String?.self, "body")
        userID = try row.decode(String?.self, "user_id")
        headers = try row.decode(String.self, "headers")
        diedAt = try row.decode(Date.self, "died_at")
        storedAt = try row.decode(Date.self, "stored_at")
        status = try row.decode(String.self, "status")
        isWhole = try row.decode(Bool.self, "replayable")
        deaths = try row.decode(Int.self, "deaths")
        settledAt = try row.decode(Date?.self, "settled_at")
        settledBy = try row.decode(String?.self, "settled_by")
        note = try row.decode(String?.self, "note")
    }

    func replay(at now: Date) throws(ReplayedMessage.Obstacle) -> ReplayedMessage {
        try ReplayedMessage(
            queue: queue, messageID: messageID, body: body, headers: headers, isWhole: isWhole, at: now)
    }

    var properties: JSON { (try? JSON(parsing: headers)) ?? .object([]) }

    /// Queue and reason in the audit trail: known words only.
    var auditedQueue: String { ReplayedMessage.consumer(ofQueue: queue)?.queue.rawValue ?? "other" }
    var auditedReason: String { (DeadLetterReason(rawValue: reason) ?? .unknown).rawValue }
}

/// Finds letters by the beginnings of their ids.
enum DeadLookup {
    private static let shown = 5

    /// Each beginning must mean exactly one letter, or nothing is done at all.
    static func ids(_ beginnings: [String], in pool: PostgresPool) async throws -> [String] {
        var ids: [String] = []
        for beginning in beginnings {
            let id = try await id(beginning, in: pool)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    static func id(_ beginning: String, in pool: PostgresPool) async throws -> String {
        let rows = try await pool.query(
            """
            select id from dead_letters where id = \(beginning) or starts_with(id, \(beginning))
            order by id <> \(beginning), id limit \(shown + 1)
            """
        ).map { try $0.decode(String.self, "id") }
        guard let first = rows.first else {
            throw CommandFault(
                "no dead letter's id begins with \(beginning); `repazoo dead list --status all` lists them")
        }
        guard first == beginning || rows.count == 1 else {
            let several = rows.prefix(shown).map { "  " + Plain.line($0) }.joined(separator: "\n")
            throw CommandFault(
                "\(beginning) is the beginning of several ids:\n\(several)\(rows.count > shown ? "\n  …" : "")")
        }
        return first
    }
}
