import Alerts
import Contracts
import FoundationEssentials
import Postgres

/// Whether the entries of the audit trail fit each other, as the database itself can tell. `repazoo audit verify` is the proof, which
/// believes nothing that the database says.
struct AuditChainMeasure: Sendable {
    /// A trail with more entries is looked at since a short time before the last look, or a look would last too long.
    private static let smallTrail = 200_000.0
    private static let shortWindow: TimeInterval = 600

    let postgres: PostgresPool

    func samples(since: Date, at now: Date) async throws -> [Sample] {
        let entries = try await postgres.query(
            "select reltuples::float8 as entries from pg_class where oid = 'audit_log'::regclass"
        )[0].decode(Double.self, "entries")
        let since = entries > Self.smallTrail ? max(since, now.addingTimeInterval(-Self.shortWindow)) : since
        let rows = try await postgres.query(
            SQL(
                """
                select chain, count(*) as n, min(fault) as fault from audit_faults(\(since)) group by chain
                order by chain limit \(Round.subjectsPerRule * 2)
                """
            ).named("audit_faults"))
        return try rows.map { row in
            Sample(
                "chain \(try row.decode(Int.self, "chain"))", Double(try row.decode(Int.self, "n")),
                detail: ["fault": .string(try row.decode(String.self, "fault"))])
        }
    }
}
