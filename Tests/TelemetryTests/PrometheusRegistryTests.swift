import CoreMetrics
import Logging
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(4)))
struct PrometheusRegistryTests {
    private func ours(_ registry: PrometheusRegistry) -> String {
        registry.render().components(before: "# HELP process_")
    }

    @Test func everyKindIsRendered() {
        let registry = PrometheusRegistry()
        registry.describe("jobs.done", "Jobs\\done\nhere")
        let counter = Counter(label: "jobs.done", dimensions: [("z", "a\"b\\c\nd"), ("a", "1")], factory: registry)
        counter.increment(by: 2)
        Counter(label: "jobs.done", dimensions: [("a", "1"), ("z", "a\"b\\c\nd")], factory: registry).increment()
        FloatingPointCounter(label: "cost", factory: registry).increment(by: 0.5)
        let gauge = Meter(label: "depth", factory: registry)
        gauge.set(3)
        gauge.decrement(by: 1)
        #expect(
            ours(registry) == """
                # HELP cost cost
                # TYPE cost counter
                cost 0.5
                # HELP depth depth
                # TYPE depth gauge
                depth 2
                # HELP jobs_done Jobs\\\\done\\nhere
                # TYPE jobs_done counter
                jobs_done{a="1",z="a\\"b\\\\c\\nd"} 3

                """)
    }

    @Test func timersAreHistogramsInSeconds() {
        let registry = PrometheusRegistry()
        let timer = Timer(label: "took", dimensions: [("q", "x")], factory: registry)
        timer.recordNanoseconds(1_000_000)
        timer.recordNanoseconds(400_000_000_000)
        let text = ours(registry)
        #expect(
            text.contains("took_seconds_bucket{q=\"x\",le=\"0.0005\"} 0\ntook_seconds_bucket{q=\"x\",le=\"0.001\"} 1\n")
        )
        #expect(
            text.contains(
                "le=\"300\"} 1\ntook_seconds_bucket{q=\"x\",le=\"+Inf\"} 2\ntook_seconds_sum{q=\"x\"} 400.001\n"))
        #expect(text.hasSuffix("took_seconds_count{q=\"x\"} 2\n"))
        Recorder(label: "size", dimensions: [], aggregate: true, factory: registry).record(7)
        #expect(ours(registry).contains("size_bucket{le=\"5\"} 0\nsize_bucket{le=\"10\"} 1\n"))
    }

    @Test func labelValuesAreRedacted() {
        let registry = PrometheusRegistry()
        Counter(
            label: "c", dimensions: [("who", "canary@example.org"), ("token", "canary"), ("user_id", "user-123456")],
            factory: registry
        ).increment()
        #expect(ours(registry).hasSuffix("c{token=\"[TOKEN]\",user_id=\"***3456\",who=\"[EMAIL]\"} 1\n"))
    }

    @Test func everyLineIsValidWhateverTheNames() {
        let registry = PrometheusRegistry()
        for name in ["", "9a", "a-b c", "é", "__x", "le", "a:b"] {
            Counter(label: name, dimensions: [(name, "v}\n{\"")], factory: registry).increment()
            Timer(label: name + "t", dimensions: [(name, name)], factory: registry).recordNanoseconds(1)
        }
        let name = "[a-zA-Z_:][a-zA-Z0-9_:]*"
        let label = #"[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*""#
        let comment = "# (HELP \(name) .*|TYPE \(name) (counter|gauge|histogram))"
        let pattern = "(\(comment)|\(name)(\\{\(label)(,\(label))*\\})? ([+-]Inf|NaN|-?[0-9.]+(e[+-]?[0-9]+)?))"
        let valid = try? Regex(pattern)
        for line in registry.render().split(separator: "\n") {
            #expect(valid.flatMap { try? $0.wholeMatch(in: line) } != nil, "\(line)")
        }
        #expect(!registry.render().contains("{__x="))
    }

    @Test func tooManySeriesWarnOnce() {
        let sink = CapturingSink()
        let logger = Logger(label: "m") {
            StandardErrorLogHandler(label: $0, options: TelemetryOptions(program: "test"), sink: sink)
        }
        let registry = PrometheusRegistry(maximumSeries: 3) { logger }
        for index in 0..<10 { Counter(label: "c", dimensions: [("i", "\(index)")], factory: registry).increment() }
        Meter(label: "c", factory: registry).set(1)
        #expect(ours(registry).split(separator: "\n").count == 2 + 3)
        #expect(sink.lines.count == 1 && sink.text.contains("too many label combinations"))
        Meter(label: "d", factory: registry).set(1)
        Counter(label: "d", factory: registry).increment()
        #expect(sink.lines.count == 2 && ours(registry).contains("# TYPE d gauge\nd 1\n"))
    }

    @Test func concurrentRecordingLosesNothing() async {
        let registry = PrometheusRegistry()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        Counter(label: "c", factory: registry).increment()
                        Recorder(label: "r", dimensions: [], aggregate: true, factory: registry).record(1)
                    }
                }
            }
        }
        #expect(ours(registry).contains("c 4000\n") && ours(registry).hasSuffix("r_sum 4000\nr_count 4000\n"))
    }

    @Test func aCounterNeverFalls() {
        let registry = PrometheusRegistry()
        let counter = registry.makeCounter(label: "c", dimensions: [])
        counter.increment(by: .max)
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(ours(registry).hasSuffix("c 9223372036854775807\n"))
    }

    @Test func theProcessIsDescribed() throws {
        let text = PrometheusRegistry().render()
        func value(_ name: String) throws -> Double {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
            return try #require(Double(line.dropFirst(name.count + 1)))
        }
        #expect(try value("process_resident_memory_bytes") > 1_048_576)
        #expect(try value("process_cpu_seconds_total") >= 0)
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_start_time_seconds") > 1_700_000_000)
    }
}

extension String {
    fileprivate func components(before marker: String) -> String {
        firstRange(of: marker).map { String(self[..<$0.lowerBound]) } ?? self
    }
}
