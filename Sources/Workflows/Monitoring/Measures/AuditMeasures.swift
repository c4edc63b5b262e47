import Alerts
import Contracts
import FoundationEssentials
import Postgres

/// What the audit trail tells, by user. Each look-up is an index scan over entries that did not end as `done`.
struct AuditMeasures: Sendable {
    let postgres: PostgresPool

    /// Consent that is missing, and what goes with it. Not `unknown_user`, which says nothing of consent.
    private static let consentReasons = [
        RefusalReason.userErased, .noConsent, .consentExpired, .consentRevoked, .reconsentNeeded, .noSubscription,
    ].map(\.rawValue)

    func samples(_ rule: AlertRule, since: Date) async throws -> [Sample] {
        let least = Int(rule.clear)
        let limit = Round.subjectsPerRule * 20
        let rows: PostgresResult
        switch rule.measure {
        case .rateLimitViolations:
            rows = try await postgres.query(
                """
                select user_id, count(*) as n, max(at) as latest from audit_log
                where action = 'rate_limit.violation' and outcome <> 'done' and at > \(since) and user_id is not null
                group by user_id having count(*) > \(least) order by n desc limit \(limit)
                """)
        case .tokenRefreshFailures:
            rows = try await postgres.query(
                """
                select user_id, count(*) as n, max(at) as latest from audit_log
                where action = 'token.refresh' and outcome <> 'done' and at > \(since) and user_id is not null
                group by user_id having count(*) > \(least) order by n desc limit \(limit)
                """)
        case .quotaExceeded:
            rows = try await postgres.query(
                """
                select user_id, count(*) as n, max(at) as latest from audit_log
                where outcome <> 'done' and outcome = 'refused' and action = 'analyze' and at > \(since)
                  and detail->>'reason' = \(RefusalReason.quotaExceeded.rawValue) and user_id is not null
                group by user_id having count(*) > \(least) order by n desc limit \(limit)
                """)
        case .consentFailures:
            rows = try await postgres.query(
                """
                select user_id, count(*) as n, max(at) as latest from audit_log
                where outcome <> 'done' and outcome = 'refused' and action in ('ingest', 'analyze', 'export') and at > \(since)
                  and detail->>'reason' = any (\(Self.consentReasons)::text[]) and user_id is not null
                group by user_id having count(*) > \(least) order by n desc limit \(limit)
                """)
        case .promptFailures:
            return try await promptFailures(since)
        default: return []
        }
        return try rows.map { row in
            let user = try row.decode(String.self, "user_id")
            return Sample(
                user, Double(try row.decode(Int.self, "n")), userID: UserID(user),
                latest: try row.decode(Date.self, "latest"))
        }
    }

    /// Those that were audited; dead letters with this cause are told by repazoo-alert as they come. The subject is the same.
    private func promptFailures(_ since: Date) async throws -> [Sample] {
        let row = try await postgres.query(
            """
            select count(*) as n, max(at) as latest from audit_log
            where action in ('prompt.check', 'prompt.refused') and outcome <> 'done' and at > \(since)
            """)[0]
        let count = try row.decode(Int.self, "n")
        guard count > 0 else { return [] }
        return [
            Sample(
                "\(QueueName.analyze) \(DeadLetterReason.permanentFailure) \(FailureReason.privacyCheck)",
                Double(count),
                latest: try row.decode(Date?.self, "latest"))
        ]
    }
}
