import AMQP
import Contracts
import Foundation
import Postgres
import Synchronization
import TestKit
import Testing

/// `repazoo dead replay` of many: at once, twice, cut short.
@Suite(.timeLimit(.minutes(4)))
struct DeadReplayTests {
    @Test func tenThousandAreNoTrouble() async throws {
        try await DeadHouse.with(multitude)
    }

    private func multitude(_ house: DeadHouse) async throws {
        try await house.fill(10_000)
        let page = try await house.repazoo("list")
        #expect(page.lines.count < 70)
        #expect(page.output.contains("… and 9950 more: --limit 10000, or narrow by --queue, --reason"))
        let all = try await house.repazoo("list", "--limit", "10000", "--json")
        #expect((try all.json["dead_letters"] as? [Any])?.count == 10_000)
        let one = try await house.repazoo("list", "--limit", "1")
        #expect(all.peak < one.peak + 16 * 1024, "\(all.peak) KiB against \(one.peak)")

        let start = ContinuousClock.now
        let replayed = try await house.repazoo("replay", "--all")
        let time = ContinuousClock.now - start
        #expect(replayed.code == 0)
        #expect(replayed.output == "10000 replayed\n")
        #expect(replayed.errors.contains("1000 of 10000 …\n"))
        #expect(replayed.peak < one.peak + 24 * 1024, "\(replayed.peak) KiB against \(one.peak)")
        print(
            "10,000 replayed in \(time), peak \(replayed.peak) KiB; listed with \(all.peak) KiB; one: \(one.peak) KiB")
        try await eventually("all are in their queue") { try await house.messages(in: .ingest) == 10_000 }
        #expect(try await house.number("select count(*) from dead_letters where status = 'replayed'") == 10_000)
        #expect(try await house.number("select count(*) from audit_log where action = 'dead.replay'") == 100)
    }

    /// Two operators at once: each letter is sent once.
    @Test func twoReplaysAtOnceShareTheWork() async throws {
        try await DeadHouse.with(twoOperators)
    }

    private func twoOperators(_ house: DeadHouse) async throws {
        try await house.fill(1000)
        async let first = house.repazoo("replay", "--all", "--json")
        async let second = house.repazoo("replay", "--all", "--json")
        let outcomes = try await [first, second]
        let sums = try outcomes.map { try $0.json["replayed"] as? Int ?? 0 }
        #expect(sums.reduce(0, +) == 1000)
        try await eventually("each is there once") { try await house.messages(in: .ingest) == 1000 }
    }

    /// Killed between publishing and commit, or anywhere else: run again, every message is there, none unmarked.
    @Test func aKilledReplayIsJustRunAgain() async throws {
        try await DeadHouse.with(killedReplay)
    }

    private func killedReplay(_ house: DeadHouse) async throws {
        try await house.fill(3000)
        let doomed = try Program("repazoo", ["dead", "replay", "--all"], environment: house.environment)
        try await eventually("it is in the middle") { try await house.messages(in: .ingest) > 300 }
        try await doomed.kill()
        // Its last commit may still be under way: when nothing is locked any more, what is marked is marked.
        try await eventually("its locks are gone") {
            try await house.number(
                """
                with free as (select from dead_letters where status = 'new' for update skip locked)
                select ((select count(*) from free) = (select count(*) from dead_letters where status = 'new'))::int
                """) == 1
        }
        let marked = try await house.number("select count(*) from dead_letters where status = 'replayed'")
        #expect(marked < 3000)
        #expect(try await house.number("select count(*) from audit_log") == marked / 100)
        let again = try await house.repazoo("replay", "--all")
        #expect(again.code == 0)
        let ids = Mutex<Set<String>>([])
        let reader = AMQPConsumer(house.broker, queue: "repazoo.ingest", prefetch: 100) { delivery in
            ids.withLock { _ = $0.insert(delivery.properties.messageID ?? "") }
            return .acknowledge
        }
        try await reader.start(patience: .seconds(20))
        try await eventually("every message arrived", within: .seconds(30)) { ids.withLock { $0.count } == 3000 }
        await reader.stop(grace: .seconds(5))
        #expect(try await house.number("select count(*) from dead_letters where status = 'replayed'") == 3000)
    }

    /// What dies again while a replay runs must not be sent round and round.
    @Test func whatIsStoredAfterTheStartIsLeft() async throws {
        try await DeadHouse.with(latecomer)
    }

    private func latecomer(_ house: DeadHouse) async throws {
        try await house.fill(3)
        try await house.postgres.query(
            "update dead_letters set stored_at = now() + interval '1 hour' where body like '%user-3%'")
        let outcome = try await house.repazoo("replay", "--all")
        #expect(outcome.code == 1)
        #expect(outcome.output.hasSuffix("2 replayed, 1 untouched\n"))
        #expect(try await house.messages(in: .ingest) == 2)
    }
}
