import FoundationEssentials
import Logging
import Privacy
import Synchronization
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(4)))
struct LogHandlerTests {
    private func logger(_ sink: CapturingSink, format: LogFormat = .json) -> Logger {
        let options = TelemetryOptions(logLevel: .trace, logFormat: format, program: "test")
        return Logger(label: "unit") { label in
            StandardErrorLogHandler(label: label, options: options, sink: sink) {
                Date(timeIntervalSince1970: 1_800_000_000.042)
            }
        }
    }

    @Test func jsonLineHasConstantKeysFirst() throws {
        let sink = CapturingSink()
        logger(sink).info("hello\n\"you\"", metadata: ["b": ["x": "1", "y": ["z"]], "a": "é", "level": "mine"])
        #expect(
            sink.text == """
                {"time":"2027-01-15T08:00:00.042Z","level":"info","program":"test","logger":"unit",\
                "message":"hello\\n\\"you\\"","a":"é","b.x":"1","b.y.0":"z","level_":"mine"}

                """)
        _ = try JSONValue(parsing: sink.lines[0])
    }

    @Test func textLineIsOneLineToo() {
        let sink = CapturingSink()
        logger(sink, format: .text).warning("a\nb\u{1B}[31m", metadata: ["k": "two words", "n": "1"])
        #expect(sink.text == "08:00:00.042 WARNING  unit: a\\nb\\u{1b}[31m k=\"two words\" n=1\n")
        let colourful = CapturingSink(isTerminal: true)
        logger(colourful, format: .text).error("x")
        #expect(colourful.text.contains("\u{1B}[1;31mERROR"))
    }

    @Test(arguments: LogFormat.allCases)
    func canariesNeverComeOut(format: LogFormat) {
        struct Failure: Error { let note = "canary.mail@example.org and password=canaryword" }
        let sink = CapturingSink()
        var log = logger(sink, format: format)
        log[metadataKey: "access_token"] = "canarytoken"
        log.error(
            "mail canary.mail@example.org call +1 555 010 0199, amqp://u:canaryword@h/", error: Failure(),
            metadata: [
                "password": "canaryword", "deep": ["authorization": ["Bearer canarytoken", ["x": "canarytoken"]]],
                "note": "Bearer canarytoken12345678", "cause": "\(Failure())", "user_id": "user-canary9876",
                "canary.mail@example.org": "1",
            ])
        #expect(sink.lines.count == 1)
        for canary in ["canary", "555 010"] { #expect(!sink.text.contains(canary), "\(canary) in \(sink.text)") }
        #expect(sink.text.contains("***9876") && sink.text.contains("[EMAIL]") && sink.text.contains("[PHONE]"))
    }

    @Test func levelIsRespected() {
        let sink = CapturingSink()
        var log = logger(sink)
        log.logLevel = .warning
        log.info("no")
        #expect(sink.lines.isEmpty)
    }

    @Test func bootstrapTwiceIsHarmless() {
        Telemetry.bootstrap(TelemetryOptions(logLevel: .critical, program: "test"))
        Telemetry.bootstrap(TelemetryOptions(logLevel: .critical, program: "other"))
    }

    @Test func timesAreRight() {
        let vectors: [(Double, String)] = [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199.999, "2024-02-29T23:59:59.999Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ]
        for (seconds, text) in vectors { #expect(LogTime.text(Date(timeIntervalSince1970: seconds)) == text) }
    }
}

/// Keeps what is logged.
final class CapturingSink: LogSink {
    let isTerminal: Bool
    private let bytes = Mutex<[UInt8]>([])

    init(isTerminal: Bool = false) { self.isTerminal = isTerminal }

    func write(_ line: [UInt8]) { bytes.withLock { $0 += line } }

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    var lines: [Substring] { text.split(separator: "\n") }
}
