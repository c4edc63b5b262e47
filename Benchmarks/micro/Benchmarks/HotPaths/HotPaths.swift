import Benchmark
import Contracts
import Foundation
import Privacy
import TokenVault

// What every message passes. Time and instructions of one call (the harness scales); `swift package benchmark` in
// Benchmarks/micro, or `swift package benchmark baseline update NAME` and `… baseline compare NAME` before and after a change.

private let tweet =
    "Sooo happy with @jane_doe!!! 😂 call +1 202-555-0143 or mail jane@example.org, see https://t.co/a1B2c3D4e5 #love"
private let plain =
    "Meeting at noon tomorrow: bring the slides, and 3 of the 10 new posters. It was a GREAT week!!! 🔥 #work"
private let line =
    #"{"time":"2026-11-23T10:10:12.042Z","level":"info","program":"repazoo-ingest","message":"done in 1234 us","queue":"repazoo.ingest","attempt":"1"}"#
private let body = Array(#"{"user_id":"user-1000","max_tweets":800,"analyze":true}"#.utf8)

private func properties() -> MessageProperties {
    MessageProperties(
        messageID: "01890a5d-ac96-774b-bcce-b302099a8057", type: "repazoo.ingest.v1", contentType: "application/json",
        timestamp: Date(), routingKey: "ingest")
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .instructions, .throughput], scalingFactor: .kilo, maxDuration: .seconds(2))

    Benchmark("redact a tweet with four finds") { for _ in $0.scaledIterations { blackHole(Redactor.redact(tweet)) } }
    Benchmark("redact a tweet without any") { for _ in $0.scaledIterations { blackHole(Redactor.redact(plain)) } }
    Benchmark("redact a log line without any") { for _ in $0.scaledIterations { blackHole(Redactor.redact(line)) } }
    Benchmark("sanitize a tweet with four finds") {
        for _ in $0.scaledIterations { blackHole(PromptSanitizer.sanitize(tweet)) }
    }
    Benchmark("check an envelope") { benchmark in
        let given = properties()
        for _ in benchmark.scaledIterations { blackHole(try Envelope.check(given, for: .ingest)) }
    }
    Benchmark("decode an ingest request") {
        for _ in $0.scaledIterations { blackHole(try IngestRequest.decode(body)) }
    }
    Benchmark("decrypt a token") { benchmark in
        let vault = try TokenVault(keys: SecretString(FernetKey.generate()))
        let token = try vault.encrypt(
            SecretString("a-token-of-some-sixty-characters-as-the-provider-makes-them"), at: Date())
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try vault.decrypt(token)) }
    }
}
