import Foundation
import HouseKit
import TestKit
import Testing

/// `compose/deploy --local`: validate → migrate → topology → doctor → start, and nothing after the first that fails.
@Suite(.timeLimit(.minutes(2)))
struct DeployTests {
    @Test func itStopsAtTheFirstFailure() async throws {
        var plan = House.Plan()
        plan.consumers = []
        try await House.with(plan) { house in
            let (unset, early) = try deploy(house.environment.merging(["AMQP_URL": "", "QUOTA_PRO": "canary"]) { $1 })
            #expect(
                unset == 78 && early.contains("validate failed") && early.contains("AMQP_URL")
                    && early.contains("QUOTA_PRO"))
            #expect(!early.contains("[2/5]") && !early.contains("canary"))

            let (away, middle) = try deploy(
                house.environment.merging(["AMQP_URL": "amqp://u:canary@127.0.0.1:1/"]) { $1 })
            #expect(away == 69 && middle.contains("[2/5] migrate") && middle.contains("topology failed"))
            #expect(!middle.contains("[4/5]") && !middle.contains("canary"))

            let (done, whole) = try deploy(house.environment)
            #expect(done == 0, "\(whole)")
            let steps = ["[1/5] validate", "[2/5] migrate", "[3/5] topology", "[4/5] doctor", "[5/5] start", "started"]
            var rest = whole[...]
            for step in steps {
                let found = try #require(rest.range(of: step), "\(step) in its place in \(whole)")
                rest = rest[found.upperBound...]
            }
        }
    }

    private func deploy(_ environment: [String: String]) throws -> (code: Int32, text: String) {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        let process = Process()
        process.executableURL = root.appending(path: "compose/deploy")
        process.arguments = ["--local", "--", "echo", "started"]
        var merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        merged["PATH"] = programs + ":" + (merged["PATH"] ?? "")
        process.environment = merged
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
