import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// Guarantee 7: revoked, expired, older than 365 days, subscription gone, user erased: refused before any call, and at commit;
/// audited with its reason, and announced so that the backend can tell the user what to do.
@Suite(.timeLimit(.minutes(5)))
struct ConsentRules {
    /// What may be wrong with a user, and the reason that is to be told.
    private struct Fault {
        let reason: String
        let statement: @Sendable (String) -> SQL
    }

    private static let faults = [
        Fault(reason: "consent_revoked") { "update oauth_tokens set revoked_at = now() where user_id = \($0)" },
        Fault(reason: "consent_expired") {
            "update oauth_tokens set consented_at = now() - interval '8760 hours' where user_id = \($0)"
        },
        Fault(reason: "no_subscription") { "update subscriptions set status = 'cancelled' where user_id = \($0)" },
        Fault(reason: "user_erased") { "update users set erased_at = now() where id = \($0)" },
        Fault(reason: "no_consent") { "delete from oauth_tokens where user_id = \($0)" },
    ]

    @Test func nothingIsCalledForAUserWithoutConsent() async throws {
        try await House.with(refuseAll)
    }

    private func refuseAll(_ house: House) async throws {
        let events = try await house.listen(to: "*.refused")
        for (number, fault) in Self.faults.enumerated() {
            let user = "user-\(fault.reason)"
            try await house.addUser(user, account: "91\(number)", tweets: 5)
            try await house.postgres.query(fault.statement(user))
            try await refused(house, user, fault.reason, events)
        }
        try await refused(house, "user-unheard-of", "unknown_user", events)
        #expect(try await house.callsToX() == 0, "nobody was asked for")
        #expect(try await house.number("select count(*) from twitter_data") == 0)
        #expect(try await house.auditChainsHold())

        // A second less than 365 days is enough.
        try await house.addUser("user-in-time", account: "919", tweets: 5)
        try await house.postgres.query(
            """
            update oauth_tokens set consented_at = now() - interval '8760 hours' + interval '1 minute'
            where user_id = 'user-in-time'
            """)
        let id = try await house.ingest("user-in-time")
        #expect(try await house.outcome(of: id, at: .ingest) == "done")
    }

    /// By both consumers: receipt, audit entry, event, all with the reason.
    private func refused(_ house: House, _ name: String, _ reason: String, _ events: String) async throws {
        let user = try #require(UserID(name))
        let ingest = try await house.publish(IngestRequest(userID: user))
        let analyze = try await house.publish(AnalyzeRequest(userID: user))
        var heard: [Delivery] = []
        for (id, consumer, event) in [
            (ingest, ConsumerName.ingest, "ingest.refused"), (analyze, .analyze, "analysis.refused"),
        ] {
            #expect(try await house.outcome(of: id, at: consumer) == "refused", "\(consumer): \(reason)")
            let entries = try await house.number(
                """
                select count(*) from audit_log where user_id = \(name) and actor = \(consumer.program) and outcome = 'refused'
                    and detail->>'reason' = \(reason) and detail->>'message_id' = \(id.rawValue)
                """)
            #expect(entries == 1, "\(consumer): \(reason) is audited")
            let wanted = MessageID.derived(from: id, name: event).rawValue
            var told: String?
            try await eventually("\(event) is announced") {
                heard += try await house.drain(events)
                let found = heard.first { $0.properties.messageID == wanted }
                told = found.map { String(decoding: $0.body, as: UTF8.self) }
                return told != nil
            }
            #expect(told?.contains(#""reason":"\#(reason)""#) == true, "\(event) says why")
        }
    }

    /// Consent goes while the work is under way: the job waits for the user's row, which we hold, and finds at its commit what we did.
    @Test func consentThatGoesDuringTheWorkStopsTheCommit() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, withdraw)
    }

    private func withdraw(_ house: House) async throws {
        try await house.prepareForDrills(users: 20)
        try house.start("consumer-drill", ["run", "standard"])
        for (number, fault) in Self.faults.enumerated() {
            let user = "user-\(number + 1)"
            // With others in its group: they are committed, it is not.
            var ids: [MessageID] = []
            try await house.postgres.transaction { transaction in
                try await transaction.query("select from users where id = \(user) for update")
                for name in [user, "user-11", "user-12"] { ids.append(try await house.ingest(name)) }
                try await eventually("the job waits for the user's row") {
                    try await house.number(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
                    )
                        > 0
                }
                try await transaction.query(fault.statement(user))
            }
            #expect(try await house.outcome(of: ids[0], at: .ingest) == "refused", "\(fault.reason)")
            #expect(try await house.reason(of: ids[0]) == fault.reason)
            for id in ids.dropFirst() { #expect(try await house.outcome(of: id, at: .ingest) == "done") }
            #expect(try await house.number("select count(*) from drill_effects where user_id = \(user)") == 0)
        }
        #expect(try await house.number("select count(*) from drill_effects") == 2 * Self.faults.count)
        #expect(try await house.auditChainsHold())
    }

    /// 365 days to the second, by the clock of the committing transaction, for one job and for a group.
    @Test func theEdgeHoldsAtCommit() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan) { house in
            try await house.addUsers(1)
            let commits: [SQL] = [
                "select require_consent('user-1')", "select begin_jobs(array['user-1'], array[true], array[false])",
            ]
            for commit in commits {
                for (offset, isRefused) in [
                    ("1 second", false), ("1 microsecond", false), ("0", true), ("-1 second", true),
                ] {
                    let age: SQL = """
                        update oauth_tokens set consented_at = now() - interval '8760 hours' + \(offset)::interval
                        where user_id = 'user-1'
                        """
                    do {
                        try await house.postgres.atomically([age, commit])
                        #expect(!isRefused, "\(commit) \(offset) before its end")
                    } catch let error as PostgresError {
                        #expect(isRefused && error.sqlState?.rawValue == "RZ001", "\(offset): \(error)")
                    }
                }
            }
        }
    }
}
