import Contracts
import HouseKit
import TestKit
import Testing

@testable import Analysis

/// Who may store an analysis of a user's tweets: one at a time, and nobody who lost the right to it meanwhile.
@Suite(.timeLimit(.minutes(2)))
struct RunTests {
    /// A process that stood still for longer than its lease finds its run in other hands: it stores nothing, and loses no attempt.
    @Test func whoLostTheRunStoresNothing() async throws {
        try await House.with(.analysis()) { house in
            try await house.addReader("user-1", tweets: JourneyTests.texts)
            try await house.setFaults("anthropic/v1/messages:slow=2s")
            let id = try await house.ask("user-1")
            try await eventually("it is at work") { try await house.number("select count(*) from analysis_runs") == 1 }
            try await house.postgres.query(
                "update analysis_runs set owner = 'another', busy_until = clock_timestamp() + interval '5 seconds'")
            try await house.comesBack(id, because: "user_busy")
            #expect(try await house.number("select count(*) from analyses") == 0)
            #expect(try await house.number("select count(*) from receipts") == 0)
            #expect(try await house.number("select count(*) from analysis_runs where owner = 'another'") == 1)
            #expect(try await house.number("select count(*) from quota_reservations") == 1, "reserved as before")

            // The other one dies without an end: what the first was answered is there, and paid for once.
            #expect(try await house.outcome(of: id, at: .analyze) == "done")
            #expect(try await house.analysis(by: id).tweets.count == 5)
            #expect(try await house.calls().count == 1)
            #expect(try await house.number("select used from usage") == 1)
            #expect(!house.programs[0].text().contains(#""attempt":"2""#))
        }
    }
}
