import Contracts
import Foundation
import Postgres
import TestKit
import Testing

@testable import Retention

/// The plan is what the tick does.
extension SweepTests {
    @Test func thePlanSaysExactlyWhatTheTickDoes() async throws {
        let policy = try RetentionPolicy.current()
        for seed in 1...4 as ClosedRange<UInt64> {
            try await RetentionScope.with { scope in
                var random = SeededRandom(seed: seed)
                try await populate(scope, &random)
                let plan = try await RetentionPlan.make(of: policy, at: Self.slot, in: scope.postgres)
                let before = try await scope.number("select count(*) from audit_log")
                #expect(before == 0, "a plan changes nothing")
                let done = try await scope.sweep(policy, at: Self.slot)
                let planned = Dictionary(
                    uniqueKeysWithValues: plan.lines.filter { !["data_exports", "erasures"].contains($0.table) }.map {
                        ("\($0.table).\($0.rule)", $0.rows)
                    })
                #expect(planned == done, "seed \(seed)")
                #expect(planned.values.filter { $0 > 0 }.count >= 8, "the plan is not empty: \(planned)")
                let next = try await RetentionPlan.make(of: policy, at: Self.slot, in: scope.postgres)
                #expect(next.lines.allSatisfy { $0.rows == 0 }, "nothing is left to do at the same time")
            }
        }
    }

    /// What a tick does beside the rules: the same count in the plan and in what the tick did.
    @Test func thePlanSaysWhichExportsExpireAndWhichErasuresGoOn() async throws {
        try await RetentionScope.with { scope in
            for (number, expiresAt) in [Self.slot - 1, Self.slot, Self.slot + 1].enumerated() {
                let user = "user-\(number)"
                try await scope.addUser(user, at: Self.slot)
                for status in ["ready", "failed", "expired"] {
                    try await scope.postgres.query(
                        """
                        insert into data_exports (id, user_id, status, requested_at, expires_at)
                        values (gen_random_uuid()::text, \(user), \(status), \(Self.slot.days(-1)), \(expiresAt))
                        """)
                }
            }
            // Nobody works on the first; the second may still go on by itself.
            for (user, claimedUntil) in [("user-0", Self.slot - 901), ("user-1", Self.slot - 900)] {
                try await scope.postgres.query(
                    """
                    insert into data_exports (user_id, status, requested_at, claimed_until)
                    values (\(user), 'pending', \(Self.slot.days(-1)), \(claimedUntil))
                    """)
            }
            // Held until just now, a moment longer, released, of another category, and not completed.
            let holds: [(user: String, category: String, until: Date, released: Date?, completed: Date?)] = [
                ("over", "tweets", Self.slot, nil, Self.slot), ("held", "tweets", Self.slot + 1, nil, Self.slot),
                ("released", "all", Self.slot + 1, Self.slot, Self.slot),
                ("another", "exports", Self.slot + 1, nil, Self.slot), ("under-way", "tweets", Self.slot, nil, nil),
            ]
            for hold in holds {
                try await scope.postgres.atomically([
                    SQL(
                        """
                        insert into legal_holds (user_id, category, owner, reason, set_at, expires_at, released_at)
                        values (\(hold.user), \(hold.category), 'counsel', 'case', \(Self.slot.days(-9)), \(hold.until),
                                \(hold.released))
                        """),
                    SQL(
                        """
                        insert into erasures (message_id, user_id, requested_at, started_at, completed_at, before, withheld)
                        values (gen_random_uuid()::text, \(hold.user), \(Self.slot), \(Self.slot), \(hold.completed), '{}',
                                '{tweets}')
                        """),
                ])
            }
            func others() async throws -> [String: Int] {
                let plan = try await RetentionPlan.make(of: .current(), at: Self.slot, in: scope.postgres)
                let lines = plan.lines.filter { ["data_exports", "erasures"].contains($0.table) }
                return Dictionary(uniqueKeysWithValues: lines.map { ($0.rule, $0.rows) })
            }
            let planned = try await others()
            #expect(planned == ["expired-exports": 2, "stalled-exports": 1, "holds-that-ended": 3])

            let work = try await scope.office.workflow(policy: .current(), upstream: nil).work(
                scope.tick(at: Self.slot))
            guard case .completed(let completion) = work else {
                Issue.record("the tick ended with \(work)")
                return
            }
            #expect(completion.followUps.filter { $0.type == .export }.count == planned["stalled-exports"])
            let erasures = completion.followUps.filter { $0.type == .erase }
            #expect(erasures.count == planned["holds-that-ended"])
            let users = try erasures.map { try EraseRequest.decode($0.body).userID.rawValue }
            #expect(users.sorted() == ["another", "over", "released"])
            #expect(
                try await scope.number("select count(*) from audit_log where action = 'export.expire'")
                    == planned["expired-exports"])
            try await scope.postgres.atomically(completion.effects)
            #expect(try await others() == ["expired-exports": 0, "stalled-exports": 0, "holds-that-ended": 0])
        }
    }

    /// People in all states, with data of all ages, close around the edges.
    private func populate(_ scope: RetentionScope, _ random: inout SeededRandom) async throws {
        func time(_ days: [Int]) -> Date {
            Self.slot.days(-(days.randomElement(using: &random) ?? 0), seconds: Int.random(in: -1...1, using: &random))
        }
        for number in 1...40 {
            let user = "user-\(number)"
            try await scope.addUser(user, at: time([0, 90, 120]))
            try await scope.addTweets(5, of: user, retainUntil: time([-1, 0, 30, 60]))
            try await scope.addTweets(
                2, of: user, retainUntil: Self.slot, deletedAt: time([0, 30, 31]), from: 100)
            try await scope.addAnalysis(of: user, createdAt: time([0, 90, 120]), retainUntil: time([-20, 0, 20]))
            try await scope.addAnalysis(
                of: user, createdAt: Self.slot, retainUntil: Self.slot, deletedAt: time([29, 30]))
            if number % 3 == 0 {
                try await scope.postgres.query(
                    "update oauth_tokens set revoked_at = \(time([0, 30])) where user_id = \(user)")
            }
            if number % 4 == 0 {
                try await scope.postgres.query(
                    """
                    update subscriptions set status = 'cancelled', cancelled_at = \(time([10, 30, 40])) where user_id = \(user)
                    """)
            }
            if number % 10 == 0 {
                try await scope.postgres.query(
                    """
                    insert into legal_holds (user_id, category, owner, reason, set_at, expires_at)
                    values (\(user), 'all', 'counsel', 'case', \(Self.slot.days(-50)), \(Self.slot.days(1)))
                    """)
            }
            try await scope.postgres.atomically([
                "insert into receipts (consumer, message_id, outcome, completed_at) values ('ingest', \(user), 'done', \(time([29, 30])))",
                SQL(
                    """
                    insert into dead_letters (id, queue, reason, user_id, died_at, status, settled_at)
                    values (\(user), 'repazoo.ingest', 'unknown', \(user), \(time([80, 90])),
                            \(number % 2 == 0 ? "replayed" : "new"), \(number % 2 == 0 ? time([30, 31]) : nil))
                    """),
            ])
        }
    }
}
