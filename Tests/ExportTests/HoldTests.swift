import Contracts
import Foundation
import ObjectStore
import Postgres
import Testing

@testable import Export

/// A legal hold keeps an export's objects and their key from deletion, and from nothing else.
@Suite(.timeLimit(.minutes(1)))
struct HoldTests {
    private static let start = Date()
    private static let cause = MessageID.random()

    @Test(arguments: ["exports", "all"])
    func whatHasExpiredStaysUntilTheHoldIsOver(_ category: String) async throws {
        try await ExportScope.with { scope in
            for user in ["held", "held-otherwise", "free"] { try await scope.addUser(user) }
            let row = try await scope.claimed("held", now: Self.start)
            let (_, seal) = try await scope.make(row, "held", now: Self.start, life: 3600)
            for user in ["held-otherwise", "free"] {
                let other = try await scope.claimed(user, now: Self.start)
                try await scope.make(other, user, now: Self.start, life: 3600)
            }
            let until = Self.start.addingTimeInterval(9000)
            for (user, category) in [("held", category), ("held-otherwise", "tweets")] {
                try await scope.postgres.query(
                    """
                    insert into legal_holds (user_id, category, owner, reason, set_at, expires_at)
                    values (\(user), \(category), 'counsel', 'case 7', \(Self.start), \(until))
                    """)
            }
            // Long enough for an orphan, and twice, as what the first round leaves the second might take.
            for seconds in [3600.0, 8999] {
                let report = try await scope.keeper.tend(
                    at: Self.start.addingTimeInterval(seconds), cause: Self.cause)
                #expect(report.expired == (seconds == 3600 ? 3 : 0) && report.orphans == 0)
            }
            #expect(try await scope.objects().count == 3)
            #expect(try await scope.status(row) == "expired", "nobody can have it any more")
            #expect(try await !scope.document(row, seal).isEmpty)
            #expect(try await keys(scope) == ["held"])

            let report = try await scope.keeper.tend(at: until, cause: Self.cause)
            #expect(report.objects == 3)
            #expect(try await scope.objects() == [])
            #expect(try await keys(scope) == [])
        }
    }

    /// Whose export still has the key that it is encrypted with.
    private func keys(_ scope: ExportScope) async throws -> [String] {
        try await scope.postgres.query("select user_id from data_exports where object_secret is not null")
            .map { try $0.decode(String.self, at: 0) }
    }
}
