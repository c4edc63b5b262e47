import AuditTrail
import Contracts
import ErasureLedger
import FoundationEssentials
import ObjectStore
import Postgres
import Privacy

private typealias JSON = Privacy.JSONValue

/// Turns a finished erasure into what is committed and announced: the certificate, stored and signed, the last audit entry, the
/// event.
struct ErasureOffice: Sendable {
    let postgres: PostgresPool
    let store: any ObjectStore
    let keys: AuditKeys
    let actor: String

    struct Closing: Sendable {
        let certificate: ErasureCertificate
        let effect: SQL
        let entry: AuditEntry
        let event: Event
    }

    func close(
        _ account: Erasure.Account, of user: UserID, message: MessageID, at now: Date
    ) async throws -> Closing {
        let id = MessageID.derived(from: message, name: "certificate").rawValue
        let facts = try await facts(of: user)
        let certificate = ErasureCertificate.signed(
            statement(account, facts, id: id, message: message, at: now), id: id, by: keys)
        guard let name = ObjectKey("certificates/\(id).json") else { throw ErasureCertificate.Unreadable() }
        try await store.put(name, Array(certificate.text.utf8))
        let rows = account.before.filter { $0.key != UserTables.objects }.values.reduce(0, +)
        let left = account.after.filter { $0.key != UserTables.objects }.values.reduce(0, +)
        let detail: [String: Contracts.JSONValue] = [
            "certificate": .string(id), "rows": .integer(rows - left),
            "objects": .integer((account.before[UserTables.objects] ?? 0) - (account.after[UserTables.objects] ?? 0)),
            "withheld": .array(account.withheld.map { .string($0.rawValue) }),
        ]
        return Closing(
            certificate: certificate,
            effect: SQL(
                """
                update erasures set completed_at = \(now), withheld = \(account.withheld.map(\.rawValue))::text[],
                    certificate = \(certificate.text)
                where message_id = \(message.rawValue)
                """
            ).named("erasure_complete"),
            entry: AuditEntry(
                actor: actor, userID: user, action: "erasure", outcome: "done",
                detail: detail.merging(["message_id": .string(message.rawValue)]) { $1 }),
            event: Event(.erasureCompleted, userID: user, causeID: message, at: now, detail: detail))
    }

    private struct Facts {
        var salt: String
        var subject: String
        var ledgerPosition: Int
    }

    private func facts(of user: UserID) async throws -> Facts {
        let row = try await postgres.query(
            SQL(
                """
                select name.salt, entry.subject, entry.position as ledger from erasure_ledger_name name
                join erasure_ledger entry on entry.subject = erasure_subject(\(user.rawValue))
                """
            ).named("erasure_facts"))[0]
        return Facts(
            salt: try row.decode(String.self, "salt"), subject: try row.decode(String.self, "subject"),
            ledgerPosition: try row.decode(Int.self, "ledger"))
    }

    private func statement(
        _ account: Erasure.Account, _ facts: Facts, id: String, message: MessageID, at now: Date
    ) -> JSON {
        let names = account.before.keys.filter { $0 != UserTables.objects }.sorted()
        let pair = { (name: String) -> JSON in
            ["before": JSON(account.before[name]), "after": JSON(account.after[name])]
        }
        return [
            "kind": "repazoo.erasure-certificate", "version": 1, "certificate": .string(id),
            "message_id": .string(message.rawValue),
            "subject": [
                "hash": .string(facts.subject), "salt": .string(facts.salt), "algorithm": "sha256(salt:user_id)",
            ],
            "requested_at": .string(RFC3339.text(account.requestedAt)),
            "started_at": .string(RFC3339.text(account.startedAt)), "completed_at": .string(RFC3339.text(now)),
            "tables": .object(names.map { .init($0, pair($0)) }), "objects": pair(UserTables.objects),
            "redis_keys": JSON(account.redisKeys),
            "audit": account.trail.map {
                [
                    "chain": JSON($0.chain), "position": JSON($0.position), "hash": .string($0.hash),
                    "content": "forgotten",
                ]
            } ?? nil,
            "ledger_position": JSON(facts.ledgerPosition),
            "withheld": .array(account.withheld.map { .string($0.rawValue) }),
            "recipients": .array(
                ErasureCertificate.Recipient.all.map {
                    ["name": .string($0.name), "received": .string($0.received), "told": .string($0.told)]
                }),
        ]
    }
}

extension JSON {
    fileprivate init(_ count: Int?) { self = .integer(Int64(count ?? 0)) }
}
