import Contracts
import Foundation
import Postgres
import TestKit
import Testing

@testable import Retention

/// Audit entries, legal holds, and several consumers at one step.
extension SweepTests {
    @Test func everyUserHasAnEntryInTheTransactionOfTheDeletion() async throws {
        try await RetentionScope.with { scope in
            for number in 1...20 {
                try await scope.addUser("user-\(number)", at: Self.slot)
                try await scope.addTweets(number, of: "user-\(number)", retainUntil: Self.slot)
            }
            try await scope.sweep(Self.rule(.tweets, .retainUntil, days: 0, .softDelete), at: Self.slot)
            let rows = try await scope.postgres.query(
                """
                select user_id, sum((detail->>'rows')::integer) as n from audit_log
                where action = 'retention.soft_delete' and detail->>'rule' = 'rule' group by user_id
                """)
            #expect(rows.count == 20)
            for row in rows {
                #expect("user-\(try row.decode(Int.self, "n"))" == (try row.decode(String.self, "user_id")))
            }
            #expect(try await scope.number("select count(*) from audit_faults('-infinity')") == 0)
        }
    }

    @Test func aHoldKeepsRowsFromRemovalAndNothingElse() async throws {
        try await RetentionScope.with { scope in
            for user in ["held", "held-other", "held-before", "free"] {
                try await scope.addUser(user, at: Self.slot)
                try await scope.addTweets(2, of: user, retainUntil: Self.slot, deletedAt: Self.slot.days(-31))
            }
            try await scope.addTweets(1, of: "held", retainUntil: Self.slot, deletedAt: nil, from: 100)
            let holds: [(user: String, category: String, until: Date)] = [
                ("held", "tweets", Self.slot + 1), ("held-other", "exports", Self.slot + 1),
                ("held-before", "all", Self.slot),
            ]
            for hold in holds {
                try await scope.postgres.query(
                    """
                    insert into legal_holds (user_id, category, owner, reason, set_at, expires_at)
                    values (\(hold.user), \(hold.category), 'counsel', 'case 7', \(Self.slot.days(-9)), \(hold.until))
                    """)
            }
            let policy = Self.rule(.tweets, .retainUntil, days: 0, .softDelete)
            let plan = try await RetentionPlan.make(of: policy, at: Self.slot, in: scope.postgres)
            #expect(plan.lines.first { $0.table == "twitter_data" && $0.rule == "hard-delete" }?.held == 2)
            try await scope.sweep(policy, at: Self.slot)
            #expect(try await deleted("twitter_data", scope) == ["held"], "all three rows are out of use, and there")
            #expect(try await scope.number("select count(*) from twitter_data") == 3)
        }
    }

    @Test func consumersShareAStepAndWhatOthersHoldIsLeft() async throws {
        try await RetentionScope.with { scope in
            for number in 1...40 {
                try await scope.addUser("user-\(number)", at: Self.slot)
                try await scope.addTweets(50, of: "user-\(number)", retainUntil: Self.slot - Double(number))
            }
            let policy = Self.rule(.tweets, .retainUntil, days: 0, .softDelete)
            // A job that holds one row, as an ingestion does for a moment.
            let other = try scope.anotherPool()
            try await other.transaction { transaction in
                try await transaction.query(
                    "update twitter_data set lang = 'en' where user_id = 'user-7' and tweet_id like '1____'")
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<4 {
                        group.addTask {
                            try await scope.sweep(policy, at: Self.slot, share: .init(number: number, count: 4))[
                                "twitter_data.rule"] ?? 0
                        }
                    }
                    let shares = try await group.reduce(into: [Int]()) { $0.append($1) }
                    #expect(shares.reduce(0, +) == 1999, "all but the one that is held")
                    #expect(shares.allSatisfy { $0 > 0 }, "\(shares)")
                }
            }
            await other.close()
            #expect(try await scope.sweep(policy, at: Self.slot)["twitter_data.rule"] == 1)
        }
    }

    /// The way through a table of which much is due: all of it once, each share its part, and nothing that is held.
    @Test func blockByBlockItIsTheSame() async throws {
        try await RetentionScope.with { scope in
            for number in 1...30 {
                let user = "user-\(number)"
                try await scope.addUser(user, at: Self.slot)
                try await scope.addTweets(40, of: user, retainUntil: Self.slot, deletedAt: Self.slot.days(-30))
                try await scope.addTweets(
                    10, of: user, retainUntil: Self.slot, deletedAt: Self.slot.days(-30, seconds: 1), from: 100)
            }
            try await scope.postgres.query(
                """
                insert into legal_holds (user_id, category, owner, reason, set_at, expires_at)
                values ('user-9', 'tweets', 'counsel', 'case 7', \(Self.slot.days(-9)), \(Self.slot + 1))
                """)
            let step = SweepStep.all(of: Self.rule(.tweets, .retainUntil, days: 0, .softDelete), at: Self.slot)[1]
            #expect(step.name == SweepStep.hardDelete && step.table == .tweets)
            let sweep = Sweep(
                step, at: Self.slot, actor: "repazoo-retention", in: scope.postgres, until: .now + .seconds(60),
                logger: scope.logger)
            #expect(try await sweep.extentIfDense() == nil, "for so few an index is quicker")
            let blocks = try await scope.number("select pg_relation_size('twitter_data') / 8192")
            let extent = Sweep.Extent(blocks: blocks, rowsPerBlock: 60, stripe: 2)

            // A job that holds one row, as an ingestion does for a moment.
            let other = try scope.anotherPool()
            try await other.transaction { transaction in
                try await transaction.query(
                    "update twitter_data set lang = 'en' where user_id = 'user-7' and tweet_id like '1____'")
                var shares: [Int] = []
                for number in 0..<3 {
                    var run = Sweep.Run()
                    try await sweep.blockwise(&run, extent, from: SweepBatch.Share(number: number, count: 3))
                    #expect(run.report.isComplete)
                    shares.append(run.report.rows)
                }
                #expect(shares.reduce(0, +) == 29 * 40 - 1 && shares.allSatisfy { $0 > 0 }, "\(shares)")
            }
            await other.close()
            #expect(
                try await scope.number("select sum((detail->>'rows')::integer) from audit_log where user_id = 'user-7'")
                    == 39)
            #expect(try await scope.number("select count(distinct user_id) from audit_log") == 29)
            var run = Sweep.Run()
            for number in 0..<3 {
                try await sweep.blockwise(&run, extent, from: SweepBatch.Share(number: number, count: 3))
            }
            #expect(run.report == Sweep.Report(rows: 1))
            #expect(try await scope.number("select count(*) from twitter_data where user_id = 'user-9'") == 50)
            #expect(try await scope.number("select count(*) from twitter_data where user_id <> 'user-9'") == 290)
            try await scope.addTweets(
                30_000, of: "user-8", retainUntil: Self.slot, deletedAt: Self.slot.days(-30), from: 1000)
            #expect(try await sweep.extentIfDense() == nil, "all shares of a slot go the way of the first")
            let next = Sweep(
                step, at: Self.slot + 1, actor: "repazoo-retention", in: scope.postgres, until: .now + .seconds(60),
                logger: scope.logger)
            #expect(try await next.extentIfDense() != nil, "for so many it is not")
            #expect(try await scope.number("select count(*) from audit_faults('-infinity')") == 0)
        }
    }
}
