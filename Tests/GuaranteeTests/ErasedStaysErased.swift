import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import Redis
import TestKit
import Testing

/// Guarantee 8: an in-flight job, a retry, a replay or a restored message brings nothing back.
@Suite(.timeLimit(.minutes(15)))
struct ErasedStaysErased {
    private static let steps = [
        "received", "decoded", "recognised", "admitted", "worked", "committed", "announced", "settled",
    ]

    /// Jobs of all kinds for a user under way at all stages while the user is erased; then everything again. `ERASURE_ROUNDS` and
    /// `ERASURE_SEED` make more of it, and repeat it.
    @Test func whateverIsInFlightBringsNothingBack() async throws {
        var plan = House.Plan()
        plan.consumers = Erasures.consumers
        try await House.with(plan) { house in
            let environment = ProcessInfo.processInfo.environment
            let rounds = environment["ERASURE_ROUNDS"].flatMap { Int($0) } ?? 24
            let seed = environment["ERASURE_SEED"].flatMap { UInt64($0) } ?? 8
            try await Erasures(house: house, rounds: rounds, seed: seed).run()
        }
    }

    @Test func aDeathAtAnyStepOfAnErasureLeadsToTheSameEnd() async throws {
        try await House.with(.empty, killErasures)
    }

    private func killErasures(_ house: House) async throws {
        let events = try await house.listen(to: "erasure.*")
        for (number, step) in Self.steps.enumerated() {
            let name = "user-erase-\(step)"
            try await house.addUser(name, account: "81\(number)", tweets: 5)
            try await house.postgres.query(
                "insert into twitter_data (user_id, tweet_id, text, retain_until) values (\(name), '1', 'canary', now())"
            )
            let id = MessageID.random()
            let user = try #require(UserID(name))
            try await house.dies("retention", at: step) { try await house.publish(EraseRequest(userID: user), id: id) }
            let next = try house.start("repazoo-retention")
            #expect(try await house.outcome(of: id, at: .retention) == "done", "\(step)")
            try await house.isWorkedOff(.retention)
            #expect(try await next.stop() == 0)
            #expect(try await house.traces(of: name) == [:], "\(step)")
            #expect(try await house.copies(of: .derived(from: id, name: "erasure.completed"), in: events) >= 1)
            let row = try await house.postgres.query(
                "select certificate, completed_at from erasures where message_id = \(id.rawValue)")[0]
            #expect(try row.decode(String?.self, "certificate")?.contains(#""before":1,"after":0"#) == true, "\(step)")
        }
        #expect(try await house.number("select count(*) from erasure_ledger") == Self.steps.count)
        #expect(try await house.number("select count(*) from audit_faults('-infinity')") == 0)
    }

    /// What waits in a queue, in the ladder of delays or among the dead when its user is erased dies on arrival.
    @Test func queuedMessagesDieOnArrivalAndDeadOnesLoseTheirBody() async throws {
        try await House.with(.empty, eraseWhileQueued)
    }

    private func eraseWhileQueued(_ house: House) async throws {
        try await house.addUser("user-queued", account: "871", tweets: 5)
        let user = try #require(UserID("user-queued"))
        let ingest = try await house.publish(IngestRequest(userID: user))
        let analyze = try await house.publish(AnalyzeRequest(userID: user))
        try house.start("repazoo-retention")
        let erase = try await house.publish(EraseRequest(userID: user))
        #expect(try await house.outcome(of: erase, at: .retention) == "done")
        try house.start("repazoo-ingest")
        try house.start("repazoo-analyze")
        #expect(try await house.outcome(of: ingest, at: .ingest) == "refused")
        #expect(try await house.outcome(of: analyze, at: .analyze) == "refused")
        #expect(try await house.traces(of: "user-queued") == [:])
        #expect(try await house.callsToX() == 0, "nothing was asked of X")
    }

    @Test func aRestoredDatabaseKeepsEveryConsumerFromStarting() async throws {
        try await House.with(.empty, restore)
    }

    private func restore(_ house: House) async throws {
        try await house.addUser("user-restored", account: "861", tweets: 5)
        let retention = try house.start("repazoo-retention")
        let erase = try await house.publish(EraseRequest(userID: try #require(UserID("user-restored"))))
        #expect(try await house.outcome(of: erase, at: .retention) == "done")
        #expect(try await retention.stop() == 0)
        // What a backup from before would bring back.
        try await house.postgres.atomically([
            "delete from erasure_ledger", "delete from erasures",
            "update users set erased_at = null, email = 'canary@example.org' where id = 'user-restored'",
            "insert into twitter_data (user_id, tweet_id, text, retain_until) values ('user-restored', '1', 'canary', now())",
        ])
        for name in [
            "repazoo-ingest", "repazoo-analyze", "repazoo-export", "repazoo-retention", "repazoo-monitor",
            "repazoo-alert", "repazoo-scheduler", "repazoo-console",
        ] {
            let program = try house.start(name)
            try await eventually("\(name) refuses to start", within: .seconds(60)) { !program.isRunning }
            #expect(try await program.ended() == 78, "\(name)")
            #expect(program.text().contains("restored from a backup"), "\(name)")
        }
        let replay = try Program(
            "repazoo", ["audit", "replay-erasures"], environment: house.environment)
        #expect(try await replay.ended() == 0)
        #expect(try await house.traces(of: "user-restored") == [:])
        #expect(try await house.number("select count(*) from users where id = 'user-restored' and email is null") == 1)
        let again = try house.start("repazoo-ingest")
        try await eventually("it consumes") { again.text().contains("consuming") }
        #expect(try await again.stop() == 0)
    }
}

extension House {
    /// Rows that hold something of a user's, by table: everything but the tombstone, the evidence of the erasure, the audit trail,
    /// and the receipts of messages that were refused since.
    func traces(of user: String) async throws -> [String: Int] {
        let tables = try await postgres.query(
            """
            select c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
            where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not a.attisdropped
              and c.relname not in ('users', 'erasures', 'legal_holds', 'receipts') and c.relname not like 'audit%'
            """
        ).map { try $0.decode(String.self, at: 0) }
        var found: [String: Int] = [:]
        for table in tables {
            let count = try await number("select count(*) from \(identifier: table) where user_id = \(user)")
            if count > 0 { found[table] = count }
        }
        let account = try await number(
            """
            select count(*) from users where id = \(user)
              and (erased_at is null or handle is not null or display_name is not null or email is not null)
            """)
        if account > 0 { found["users"] = account }
        return found
    }
}
