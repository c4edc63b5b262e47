import FoundationEssentials
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(4)))
struct ReadinessTests {
    @Test func oneLineAtEachEndOfAnOutage() {
        let sink = CapturingSink()
        let time = Mutex(Date(timeIntervalSince1970: 1000))
        let advance = { (seconds: Double) in time.withLock { $0 += seconds } }
        let readiness = Readiness(logger: .capturing(sink)) { time.withLock { $0 } }
        readiness.register("postgres")
        #expect(!readiness.isReady && sink.lines.isEmpty)
        readiness.report("postgres", .up)
        #expect(readiness.isReady && sink.lines.isEmpty)
        advance(10)
        readiness.report("postgres", .down("refused for canary@example.org"))
        advance(1.5)
        readiness.report("postgres", .down("still away"))
        #expect(sink.lines.count == 1)
        #expect(sink.text.contains("dependency lost") && sink.text.contains("refused for [EMAIL]"))
        #expect(readiness.snapshot()[0].since == Date(timeIntervalSince1970: 1010))
        #expect(readiness.snapshot()[0].state == .down("still away") && !readiness.isReady)
        advance(1)
        readiness.report("postgres", .up)
        readiness.report("postgres", .up)
        #expect(sink.lines.count == 2 && sink.text.contains("\"outage_ms\":\"2500\"") && readiness.isReady)
        #expect(!sink.text.contains("canary"))
    }

    @Test func aServerAwayFromTheStartIsAnOutageToo() {
        let sink = CapturingSink()
        let readiness = Readiness(logger: .capturing(sink))
        readiness.report("redis", .down("refused"))
        readiness.report("redis", .up)
        readiness.report("redis", .down("refused"))
        #expect(sink.lines.count == 3 && readiness.snapshot().map(\.name) == ["redis"])
    }

    @Test func everyDependencyCounts() {
        let readiness = Readiness(logger: .capturing(CapturingSink()))
        #expect(readiness.isReady, "nothing is needed")
        readiness.register("b")
        readiness.report("a", .up)
        #expect(!readiness.isReady && readiness.snapshot().map(\.state) == [.up, .starting])
    }
}

extension Logger {
    static func capturing(_ sink: CapturingSink) -> Logger {
        Logger(label: "test") {
            StandardErrorLogHandler(label: $0, options: TelemetryOptions(program: "test"), sink: sink)
        }
    }
}
