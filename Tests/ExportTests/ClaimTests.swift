import Contracts
import Foundation
import ObjectStore
import Postgres
import Testing

@testable import Export

/// Who works on which request: one at a time, the same for a day, and never for somebody who is erased.
@Suite(.timeLimit(.minutes(1)))
struct ClaimTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func aSecondRequestWithinADayGetsTheFirstOnesExport() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            let first = try await scope.claimed("user-one", now: Self.start)
            guard case .busy = try await scope.claim("user-one", now: Self.start.addingTimeInterval(30)) else {
                Issue.record("two at once")
                return
            }
            // It can be had for longer: a day is the limit for answering with it, whatever its link is good for.
            try await scope.make(first, "user-one", now: Self.start, life: 7 * 86_400)
            for seconds in [40.0, 86_399] {
                let verdict = try await scope.claim("user-one", now: Self.start.addingTimeInterval(seconds))
                guard case .ready(let id, _, _, _) = verdict else {
                    Issue.record("after \(seconds) s: \(verdict)")
                    return
                }
                #expect(id == first.id)
            }
            let later = try await scope.claimed("user-one", now: Self.start.addingTimeInterval(86_400))
            #expect(later.id != first.id)
        }
    }

    @Test func theSameMessageTakesOverAtOnceAndTheOvertakenCannotFinish() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            let message = MessageID.random()
            let first = try await scope.claimed("user-one", message)
            let second = try await scope.claimed("user-one", message)
            #expect(first.id == second.id && second.attempt == first.attempt + 1)
            #expect(try await !first.renew(try scope.rows("user-one"), now: Date()))
            #expect(try await second.renew(try scope.rows("user-one"), now: Date()))
            let error = await #expect(throws: PostgresError.self) { try await scope.make(first, "user-one") }
            #expect(error?.sqlState == ExportRow.overtaken)
            try await scope.make(second, "user-one")
            #expect(try await scope.status(second) == "ready")
        }
    }

    @Test func anotherMessageTakesOverWhenTheClaimIsOver() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            let first = try await scope.claimed("user-one", now: Self.start)
            guard case .busy = try await scope.claim("user-one", now: Self.start.addingTimeInterval(59)) else {
                Issue.record("the claim still holds")
                return
            }
            let second = try await scope.claimed("user-one", now: Self.start.addingTimeInterval(60))
            #expect(second.id == first.id && second.isResumed)
        }
    }

    @Test func theErasedAndTheUnknownAreRefused() async throws {
        try await ExportScope.with { scope in
            guard case .refused(.unknownUser) = try await scope.claim("nobody") else {
                Issue.record("unknown")
                return
            }
            try await scope.addUser("user-one")
            let row = try await scope.claimed("user-one")
            try await scope.postgres.query("update users set erased_at = now() where id = 'user-one'")
            guard case .refused(.userErased) = try await scope.claim("user-one") else {
                Issue.record("erased")
                return
            }
            // In flight while the erasure takes its row: nothing is committed.
            try await scope.keeper.eraseExports(of: try #require(UserID("user-one")))
            await #expect(throws: PostgresError.self) { try await scope.make(row, "user-one") }
        }
    }

    @Test func aFailureIsOnTheRowAndInTheTrailAndAReplayBeginsAgain() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            let message = MessageID.random()
            let rows = try scope.rows("user-one")
            let first = try await scope.claimed("user-one", message)
            try await first.release(rows, failure: "object_store", isFinal: false, now: Date())
            #expect(try await scope.status(first) == "pending")
            let second = try await scope.claimed("user-one", message)
            try await second.release(rows, failure: "object_store", isFinal: true, now: Date())
            #expect(try await scope.status(first) == "failed")
            #expect(try await scope.claimed("user-one", message).id == first.id, "a replay")
            let trail = try await scope.postgres.query(
                "select action || ' ' || outcome as entry from audit_log order by position"
            ).map { try $0.decode(String.self, "entry") }
            #expect(
                trail == [
                    "export.request accepted", "export.run interrupted", "export.request resumed", "export.run failed",
                    "export.request resumed",
                ])
        }
    }

    /// A month's last days, weekends on either side, business days: GDPR Art. 12(3) with Regulation 1182/71, CCPA § 7021.
    @Test(arguments: [
        ("2027-01-31T10:00:00Z", "2027-03-01", "2027-02-12", "2027-03-17"),
        ("2026-01-15T23:59:59Z", "2026-02-16", "2026-01-29", "2026-03-01"),
        ("2028-01-31T00:00:00Z", "2028-02-29", "2028-02-14", "2028-03-16"),
        ("2026-08-08T12:00:00Z", "2026-09-08", "2026-08-21", "2026-09-22"),
        ("2026-08-09T12:00:00Z", "2026-09-09", "2026-08-21", "2026-09-23"),
    ])
    func deadlines(_ received: String, _ answer: String, _ confirm: String, _ ccpa: String) async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            let time = try #require(RFC3339.date(received))
            _ = try await scope.claim("user-one", now: time, requestedAt: time)
            let row = try await scope.postgres.query(
                """
                select to_char(answer_due_at, 'YYYY-MM-DD') as a, to_char(confirm_due_at, 'YYYY-MM-DD') as b,
                    to_char(ccpa_due_at, 'YYYY-MM-DD') as c, (select count(*) from export_deadlines) as open
                from data_exports
                """)[0]
            #expect(try row.decode(String.self, "a") == answer)
            #expect(try row.decode(String.self, "b") == confirm)
            #expect(try row.decode(String.self, "c") == ccpa)
            #expect(try row.decode(Int.self, "open") == 1)
        }
    }
}
