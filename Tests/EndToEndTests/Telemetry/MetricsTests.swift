import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// `/metrics` of every program after it has worked, and the rules that Prometheus is given.
@Suite(.timeLimit(.minutes(3)))
struct MetricsTests {
    private static let programs = ConsumerName.allCases.map(\.program) + ["repazoo-scheduler", "repazoo-console"]

    @Test func everyProgramTellsMetricsThatPrometheusTakes() async throws {
        var plan = House.Plan()
        plan.consumers = []
        // Nobody takes traces there.
        plan.environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"]
        try await House.with(plan) { house in
            var ports: [String: Int] = [:]
            for program in Self.programs {
                let port = try TCPPort.free()
                ports[program] = port
                try house.start(
                    program, [], ["HTTP_PORT": "\(port)", "CONSOLE_PORT": "0", "ALERT_WATCH_EVERY": "1s"])
            }
            try await work(house)
            try await putOff(house, try #require(ports["repazoo-ingest"]))
            var known: Set<String> = []
            for program in Self.programs {
                let text = try await metrics(house, try #require(ports[program]))
                try await accepted(text, of: program)
                known.formUnion(try Self.names(in: text, of: program))
                #expect(text.contains("process_resident_memory_bytes "), "\(program)")
                #expect(text.contains("repazoo_database_connections{state=\"allowed\"} "), "\(program)")
                for personal in ["user-123456", "anary", "sandbox-1001"] { #expect(!text.contains(personal)) }
            }
            try await consumers(house, ports)
            try rulesNameWhatIsThere(known)
            try await everyMessageIsDescribed(house)
        }
    }

    /// Every consumer has something to tell: done, dead, put off.
    private func work(_ house: House) async throws {
        try await house.addUser("user-123456", account: "1001", tweets: 30)
        let user = try #require(UserID("user-123456"))
        let ingest = try await house.publish(IngestRequest(userID: user))
        try await house.publish([UInt8]("{}".utf8), id: nil, type: "repazoo.ingest.v1", key: "ingest")
        let analyze = MessageID.derived(from: ingest, name: MessageType.analyze.rawValue)
        #expect(try await house.outcome(of: analyze, at: .analyze) == "done")
        let export = try await house.publish(ExportRequest(userID: user))
        #expect(try await house.outcome(of: export, at: .export) == "done")
        for (key, consumer) in [("monitor", ConsumerName.monitor), ("retention", .retention)] {
            let tick = try await house.publish(Tick(schedule: uniqueName(key), slot: Date()), key: key)
            #expect(try await house.outcome(of: tick, at: consumer) == "done")
        }
        try await eventually("the dead letter is counted", within: .seconds(30)) {
            try await house.number("select count(*) from dead_letters where alert_id is not null") == 1
        }
    }

    /// Whatever all programs have published is as described; at the end the user is erased, for the messages of that.
    private func everyMessageIsDescribed(_ house: House) async throws {
        try await house.publish(EraseRequest(userID: try #require(UserID("user-123456"))))
        let events: Set = [
            "ingest.completed", "analysis.completed", "export.ready", "retention.completed", "alert.opened",
            "erasure.completed",
        ]
        var seen: [SeenMessage] = []
        try await eventually("events of every kind are heard", within: .seconds(30)) {
            seen += try await house.seen()
            return events.isSubset(of: seen.map(\.key))
        }
        #expect(try await MessageJudge.shared.faults(in: seen) == [])
    }

    /// X is away for a moment: a message comes back later.
    private func putOff(_ house: House, _ port: Int) async throws {
        try await house.setFaults("twitter:503")
        try await house.publish(IngestRequest(userID: try #require(UserID("user-123456"))))
        try await eventually("a message is put off", within: .seconds(30)) {
            try await metrics(house, port).contains("repazoo_delay_seconds_count{consumer=\"ingest\",reason=\"")
        }
        try await house.setFaults(nil)
    }

    private func metrics(_ house: House, _ port: Int) async throws -> String {
        var text = ""
        try await eventually("port \(port) tells its metrics", within: .seconds(30)) {
            let answer = try? await house.http.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/metrics"))
            text = answer.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
            return answer?.status == 200
        }
        return text
    }

    /// Also what is only bad style is an error to `promtool check metrics`.
    private func accepted(_ text: String, of program: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("metrics"))
        defer { try? FileManager.default.removeItem(at: file) }
        try text.write(to: file, atomically: false, encoding: .utf8)
        let check = try Program(
            executable: "/bin/sh", ["-c", "exec promtool check metrics <\"$0\"", file.path], environment: [:])
        #expect(try await check.ended() == 0, "\(program): \(check.text())")
        #expect(check.text().isEmpty, "\(program): \(check.text())")
    }

    /// The names of our metrics, each of which says what it means.
    private static func names(in text: String, of program: String) throws -> Set<String> {
        let helps = text.split(separator: "\n").filter { $0.hasPrefix("# HELP repazoo_") }.map { $0.dropFirst(7) }
        for help in helps {
            let parts = help.split(separator: " ", maxSplits: 1)
            #expect(parts.count == 2 && parts[0] != parts[1], "\(program): \(parts[0]) has no help")
        }
        return Set(helps.map { String($0.prefix { $0 != " " }) })
    }

    private func consumers(_ house: House, _ ports: [String: Int]) async throws {
        for consumer in ConsumerName.allCases where consumer != .alert {
            let text = try await metrics(house, ports[consumer.program] ?? 0)
            let labels = "{consumer=\"\(consumer)\",outcome=\"done\"}"
            let done = Self.value("repazoo_messages_total\(labels)", in: text)
            // The scheduler may have had a tick of its own.
            #expect(done >= 1, "\(consumer)")
            #expect(Self.value("repazoo_message_seconds_count\(labels)", in: text) == done, "\(consumer)")
            #expect(text.contains("repazoo_messages_in_flight{consumer=\"\(consumer)\"} 0\n"), "\(consumer)")
        }
        let ingest = try await metrics(house, ports["repazoo-ingest"] ?? 0)
        #expect(ingest.contains("repazoo_messages_total{consumer=\"ingest\",outcome=\"invalid\"} 1\n"))
        #expect(ingest.contains("repazoo_circuit_position{circuit=\"twitter\",consumer=\"ingest\"} "))
    }

    private static func value(_ series: String, in text: String) -> Int {
        let line = text.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return line.flatMap { Int($0.dropFirst(series.utf8.count + 1)) } ?? 0
    }

    /// A rule about a metric that nobody tells would never fire.
    private func rulesNameWhatIsThere(_ known: Set<String>) throws {
        let rules = try String(contentsOf: Self.folder.appending(path: "rules.yml"), encoding: .utf8)
        let named = Set(rules.matches(of: /repazoo_[a-z_]+/).map { String($0.output) })
        #expect(named.count > 5)
        for name in named {
            let base = ["_bucket", "_count", "_sum"].reduce(name) {
                $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0
            }
            #expect(known.contains(base), "nobody tells \(name)")
        }
    }

    // MARK: What Prometheus is given

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "compose/observability")

    @Test(arguments: [
        ["check", "rules", "rules.yml"], ["check", "config", "prometheus.yml"], ["test", "rules", "rules.test.yml"],
    ])
    func promtoolAccepts(arguments: [String]) async throws {
        let check = try Program(
            executable: "/bin/sh", ["-c", "cd \"$0\" && exec promtool \"$@\"", Self.folder.path] + arguments,
            environment: [:])
        #expect(try await check.ended() == 0, "\(check.text())")
    }
}
