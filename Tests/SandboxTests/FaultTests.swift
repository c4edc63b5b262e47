import Foundation
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct FaultTests {
    @Test func everyNthCallMeetsTheFault() async throws {
        let plan = try FaultPlan("twitter:429@3,anthropic:529@2")
        try await withSandbox({ $0.faults = plan }) { client in
            var statuses: [Int] = []
            for _ in 1...6 { statuses.append(try await client.timeline("701").status) }
            #expect(statuses == [200, 200, 429, 200, 200, 429])
            #expect(try await client.message(sentimentRequest(["a"])).status == 200)
            let overloaded = try await client.message(sentimentRequest(["a"]))
            #expect(overloaded.status == 529)
            #expect(overloaded.json["error"]?["type"] == "overloaded_error")
        }
    }

    @Test func chanceIsSeeded() throws {
        func pattern(_ spec: String) throws -> [Bool] {
            var injector = FaultInjector(plan: try FaultPlan(spec))
            return (0..<1_000).map { _ in injector.next(provider: "twitter", path: "/twitter/2").action != nil }
        }
        let first = try pattern("twitter:500%10,seed=42")
        #expect(try pattern("twitter:500%10,seed=42") == first)
        #expect(try pattern("twitter:500%10,seed=43") != first)
        #expect((60...140).contains(first.filter { $0 }.count))
        #expect(try pattern("anthropic:500%100").allSatisfy { !$0 })
    }

    @Test func garbageExtraFieldsAndRefusal() async throws {
        try await withSandbox { client in
            _ = try await client.send("PUT", "/sandbox/faults", body: "*:garbage@3,anthropic:extra-fields@1")
            #expect(try await client.message(sentimentRequest(["a"])).json["sandbox_extra"] != nil)
            #expect(try await client.timeline("702").json["data"] != nil)
            let garbage = try await client.timeline("702")
            #expect(garbage.status == 200)
            #expect(JSON(bytes: garbage.body) == nil)
            _ = try await client.send("PUT", "/sandbox/faults", body: "anthropic:refusal")
            let refusal = try await client.message(sentimentRequest(["a"]))
            #expect(refusal.json["stop_reason"] == "refusal")
            #expect(refusal.json["content"] == [])
            #expect(try await client.send("DELETE", "/sandbox/faults").status == 204)
            #expect(try await client.message(sentimentRequest(["a"])).json["stop_reason"] == "end_turn")
        }
    }

    @Test func truncationCutsTheBodyAfterTheRequestWasCarriedOut() async throws {
        let plan = try FaultPlan("twitter/oauth2/token:truncate@1")
        try await withSandbox({ $0.faults = plan }) { client in
            #expect(try await client.timeline("703").status == 200)
            let form = "grant_type=refresh_token&refresh_token=sandbox-refresh-703"
            await #expect(throws: (any Error).self) { try await client.oauth("token", form) }
            _ = try await client.send("DELETE", "/sandbox/faults")
            #expect(try await client.oauth("token", form).status == 400)  // it was spent
        }
    }

    @Test func slowAnswersComeLateAndOthersDoNotWait() async throws {
        let plan = try FaultPlan("twitter:slow=3s@1")
        try await withSandbox({ $0.faults = plan }) { client in
            let begin = ContinuousClock.now
            let order = try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { "slow \(try await client.timeline("704").status)" }
                group.addTask { "quick \(try await client.send("GET", "/healthz").status)" }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(order == ["quick 200", "slow 200"])
            #expect(ContinuousClock.now - begin >= .seconds(3))
        }
    }

    @Test func latencyDelaysProvidersOnly() async throws {
        try await withSandbox({ $0.latency = .milliseconds(150) }) { client in
            let clock = ContinuousClock()
            let begin = clock.now
            let reply = try await client.timeline("705")
            #expect(reply.status == 200)
            #expect(clock.now - begin >= .milliseconds(150))
        }
    }

    @Test func failuresHaveTheProvidersShape() async throws {
        try await withSandbox { client in
            _ = try await client.send("PUT", "/sandbox/faults", body: "twitter:usage-cap,anthropic:429=7s")
            let cap = try await client.timeline("706")
            #expect(cap.status == 429)
            #expect(cap.json["type"] == "https://api.x.com/2/problems/usage-capped")
            let limited = try await client.message(sentimentRequest(["a"]))
            #expect(limited.headers["retry-after"] == "7")
            #expect(limited.json["error"]?["type"] == "rate_limit_error")
            _ = try await client.send("PUT", "/sandbox/faults", body: "twitter:429=30s,anthropic:500")
            let rate = try await client.timeline("706")
            #expect(rate.json["type"] == "about:blank")
            #expect(rate.headers["x-rate-limit-remaining"] == "0")
            #expect(Int(rate.headers["x-rate-limit-reset"] ?? "") ?? 0 > Int(Date().timeIntervalSince1970) + 20)
            #expect(try await client.message(sentimentRequest(["a"])).json["error"]?["type"] == "api_error")
        }
    }

    @Test(arguments: [
        "twitter", "twitter:", ":429", "mars:429", "twitter:200", "twitter:429@0", "twitter:429@x", "twitter:500%101",
        "twitter:slow", "twitter:slow=fast", "twitter:explode", "seed=abc", "anthropic:truncate=5s",
    ])
    func badSpecsAreRefused(_ spec: String) async throws {
        #expect(throws: FaultSpecError.self) { try FaultPlan(spec) }
        try await withSandbox { client in
            let reply = try await client.send("PUT", "/sandbox/faults", body: spec)
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.string?.contains(spec) == true)
        }
    }
}
