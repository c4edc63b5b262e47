import AuditTrail
import Contracts
import FoundationEssentials
import Isolation
import Postgres

/// The row of a request in `data_exports`, and this process's claim on it (migration 0015).
struct ExportRow: Sendable {
    /// A claim ends by itself after so long; whoever works puts that off.
    static let lease: Duration = .seconds(60)

    let id: MessageID
    let attempt: Int
    let requestedAt: Date
    let isResumed: Bool

    enum Verdict: Sendable {
        case go(ExportRow)
        case ready(id: MessageID, expiresAt: Date, bytes: Int, sha256: String)
        case busy(until: Date)
        case refused(RefusalReason)
    }

    /// Claims the export that a message asks for. The request is in the audit trail when this returns.
    static func claim(
        _ rows: UserRows, message: MessageID, requestedBy: String?, requestedAt: Date, now: Date
    ) async throws -> Verdict {
        let own = MessageID.derived(from: message, name: "export")
        return try await rows.transaction { transaction in
            let row = try await transaction.query(
                SQL(
                    """
                    select * from export_claim(
                        \(rows.user.rawValue), \(own.rawValue), \(message.rawValue), \(requestedBy), \(requestedAt), \(now),
                        make_interval(secs => \(Double(lease.components.seconds))))
                    """
                ).named("export_claim"))[0]
            let verdict = try Verdict(row)
            if case .go(let claimed) = verdict {
                try await transaction.query(
                    claimed.entry(
                        "request", outcome: claimed.isResumed ? "resumed" : "accepted", rows.user,
                        [
                            "attempt": .integer(claimed.attempt), "message_id": .string(message.rawValue),
                        ]
                    ).statement)
            }
            return verdict
        }
    }

    /// False when somebody else has taken over, or the row is gone.
    func renew(_ rows: UserRows, now: Date) async throws -> Bool {
        let until = now.addingTimeInterval(Double(Self.lease.components.seconds))
        return try await rows.query(
            SQL(
                """
                update data_exports set claimed_until = \(until)
                where id = \(id.rawValue) and attempt = \(attempt) and status = 'pending'
                """
            ).named("export_renew")
        ).affected == 1
    }

    /// Lets go of it: for the next attempt, or for good.
    func release(_ rows: UserRows, failure: String, isFinal: Bool, now: Date) async throws {
        let completed = isFinal ? now : nil as Date?
        try await rows.transaction { transaction in
            let released = try await transaction.query(
                SQL(
                    """
                    update data_exports set claimed_until = \(now), failure = \(failure),
                        status = \(isFinal ? "failed" : "pending"), completed_at = \(completed)
                    where id = \(id.rawValue) and attempt = \(attempt) and status = 'pending'
                    """
                ).named("export_release"))
            guard released.affected == 1 else { return }
            let outcome = isFinal ? "failed" : "interrupted"
            let detail: [String: JSONValue] = ["attempt": .integer(attempt), "reason": .string(failure)]
            try await transaction.query(entry("run", outcome: outcome, rows.user, detail).statement)
        }
    }

    /// The last effect of the job that made the export.
    func completion(
        _ result: ExportRun.Result, secret: String, at now: Date, expires: Date
    ) -> SQL {
        let counts = JSONValue.object(result.counts.mapValues { .integer($0) }).text
        return SQL(
            """
            select export_complete(
                \(id.rawValue), \(attempt), \(result.package.key.rawValue), \(secret), \(result.package.bytes),
                \(result.package.sha256), \(JSONText(rawValue: counts))::jsonb, \(now), \(expires))
            """
        ).named("export_complete")
    }

    /// SQLSTATE with which `completion` ends a transaction when the claim is somebody else's by now.
    static let overtaken = SQLState(rawValue: "RZ015")

    func entry(
        _ what: String, outcome: String, _ user: UserID, _ detail: [String: JSONValue]
    ) -> AuditEntry {
        AuditEntry(
            actor: ConsumerName.export.program, userID: user, action: "export.\(what)", outcome: outcome,
            detail: detail.merging(["export_id": .string(id.rawValue)]) { $1 })
    }
}

extension ExportRow.Verdict {
    fileprivate init(_ row: PostgresRow) throws {
        switch try row.decode(String.self, "verdict") {
        case "go":
            self = .go(
                ExportRow(
                    id: try Self.id(row), attempt: try row.decode(Int.self, "attempt"),
                    requestedAt: try row.decode(Date.self, "requested_at"),
                    isResumed: try row.decode(Bool.self, "isresumed")))
        case "ready":
            self = .ready(
                id: try Self.id(row), expiresAt: try row.decode(Date.self, "until"),
                bytes: try row.decode(Int.self, "bytes"),
                sha256: try row.decode(String.self, "sha256"))
        case "busy": self = .busy(until: try row.decode(Date.self, "until"))
        case let word: self = .refused(RefusalReason(rawValue: word) ?? .unknownUser)
        }
    }

    private static func id(_ row: PostgresRow) throws -> MessageID {
        guard let id = MessageID(try row.decode(String.self, "export_id")) else { throw UnknownExport() }
        return id
    }
}

/// A row whose id is none of ours: somebody else wrote it.
struct UnknownExport: Error, CustomStringConvertible {
    let description = "a row of data_exports has an id that is no UUID; it was not written by repazoo-export"
}
