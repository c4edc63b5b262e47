import Foundation
import HouseKit
import TestKit
import Testing

/// Whoever waits for work hears of its death.
@Suite(.timeLimit(.minutes(2)))
struct FollowedDeathTests {
    @Test func whoFollowsAMessageIsToldThatItDied() async throws {
        try await House.with(follow)
    }

    private func follow(_ house: House) async throws {
        try house.start("repazoo-alert")
        try await house.addUser("user-910001", account: "9101", tweets: 5)
        // A 4xx that will not change: given up at once.
        try await house.setFaults("twitter:422")
        let command = try house.start(
            "repazoo", ["publish", "ingest", "--user", "user-910001", "--wait", "--timeout", "60s"])
        #expect(try await command.ended() == 1)
        #expect(command.text().contains("repazoo-ingest gave it up: permanent_failure (provider_rejected)"))
        #expect(command.text().contains("repazoo dead show"))
    }
}
