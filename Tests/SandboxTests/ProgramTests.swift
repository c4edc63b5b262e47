import Foundation
import TestKit
import Testing

/// The built program, as a child.
@Suite(.timeLimit(.minutes(1)))
struct ProgramTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func saysWhereItListensAndStopsCleanly(_ signal: Int32) async throws {
        let sandbox = try Program("repazoo-sandbox", ["--port", "0"], environment: [:])
        try await eventually("it says where it listens") {
            sandbox.text().contains("listening on http://")
        }
        sandbox.signal(signal)
        #expect(try await sandbox.ended() == 0)
        // The rest is the log, on standard error.
        let answers = sandbox.text().split(separator: "\n").filter { !$0.hasPrefix("{") }
        #expect(answers.count == 2 && answers[0].hasPrefix("listening on http://127.0.0.1:"))
        #expect(answers.last?.hasPrefix("mail on smtp://127.0.0.1:") == true)
    }

    @Test(
        arguments: [
            (["--prt", "1"], 64, "--port"), ([], 64, "port"), (["--port", "70000"], 64, "65535"),
            (["--port", "0", "--faults", "mars:1"], 64, "mars:1"), (["--port", "0", "--latency", "fast"], 64, "500ms"),
            (["--port", "0", "--timeline", "/nowhere/at/all.jsonl"], 78, "all.jsonl"),
            (["--port", "0", "--timeline", "/proc/self/comm"], 78, "line 1: not one JSON object"),
        ] as [([String], Int32, String)])
    func badUsageIsExplained(_ arguments: [String], _ status: Int32, _ names: String) async throws {
        let sandbox = try Program("repazoo-sandbox", arguments, environment: [:])
        #expect(try await sandbox.ended() == status)
        #expect(sandbox.text().contains(names), "\(sandbox.text())")
    }
}
