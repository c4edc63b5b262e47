import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// The privacy officer's way: hold, erase, certificate, release, and the rest.
@Suite(.timeLimit(.minutes(4)))
struct ErasureCommandTests {
    @Test func aHoldKeepsOneCategoryUntilItsEndAndTheCertificatesTellBoth() async throws {
        var plan = House.Plan()
        plan.consumers = ["repazoo-retention"]
        try await House.with(plan, walkThrough)
    }

    private func walkThrough(_ house: House) async throws {
        try await house.addUser("user-123456", account: "521", tweets: 0)
        try await house.postgres.query(
            "insert into twitter_data (user_id, tweet_id, text, retain_until) values ('user-123456', '1', 'canary', now() + interval '9 days')"
        )
        let hold = try await answer(
            house,
            [
                "hold", "set", "--user", "user-123456", "--category", "tweets", "--owner", "counsel", "--reason",
                "case 7",
                "--for", "30d",
            ])
        #expect(try await answer(house, ["hold", "list", "--json"]).contains(#""category":"tweets""#))
        let id = MessageID.random()
        _ = try await answer(
            house,
            ["publish", "erase", "--user", "user-123456", "--message-id", id.rawValue, "--wait", "--timeout", "60s"])
        #expect(try await house.rows("select withheld[1] from erasures") == ["tweets"])
        let first = try await save(house, id.rawValue)
        #expect(
            try await answer(house, ["audit", "verify", "--certificate", first]).contains(
                "withheld under a legal hold: tweets"))

        let plan = try await answer(house, ["retention", "plan", "--json"])
        #expect(plan.contains(#""rule":"hard-delete","table":"twitter_data""#))
        _ = try await answer(house, ["hold", "release", hold])
        let tick = try await house.publish(Tick(schedule: "retention", slot: Date.now))
        #expect(try await house.outcome(of: tick, at: .retention) == "done")
        let rest = MessageID.derived(from: tick, name: "erase-0")
        #expect(try await house.outcome(of: rest, at: .retention) == "done")
        #expect(try await house.rows("select user_id from twitter_data") == [])

        let second = try await save(house, rest.rawValue)
        let checked = try await answer(house, ["audit", "verify", "--certificate", second, "--user", "user-123456"])
        #expect(checked.contains("rows erased by") && !checked.contains("withheld"))
        let other = try await run(house, ["audit", "verify", "--certificate", second, "--user", "user-654321"])
        #expect(other.code == 1 && other.text.contains("somebody else"))
        let text = try String(contentsOfFile: second, encoding: .utf8)
        try text.replacing(#""before":1"#, with: #""before":2"#).write(
            toFile: second, atomically: true, encoding: .utf8)
        let changed = try await run(house, ["audit", "verify", "--certificate", second])
        #expect(changed.code == 1 && changed.text.contains("signature is wrong"))
        #expect(
            try await house.rows("select action from audit_log where action like 'hold.%' order by at")
                == ["hold.set", "hold.release"])
    }

    private func save(_ house: House, _ id: String) async throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/" + uniqueName("certificate")
        try await answer(house, ["retention", "certificate", id]).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func answer(_ house: House, _ arguments: [String]) async throws -> String {
        let (code, text) = try await run(house, arguments)
        #expect(code == 0, "\(arguments.joined(separator: " ")): \(text)")
        return text.split(separator: "\n").filter { !$0.hasPrefix("retention:") }.joined(separator: "\n")
    }

    private func run(_ house: House, _ arguments: [String]) async throws -> (code: Int32, text: String) {
        let program = try house.start("repazoo", arguments)
        return (try await program.ended(), program.text())
    }
}
