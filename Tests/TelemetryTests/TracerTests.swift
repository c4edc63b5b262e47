import Privacy
import Testing
import Tracing

@testable import Telemetry

@Suite struct TracerTests {
    private let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private struct Headers: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    private func context(_ headers: [String: String], _ tracer: ExportingTracer) -> InstrumentationContext {
        var context = InstrumentationContext.topLevel
        tracer.extract(headers, into: &context, using: Headers())
        return context
    }

    private func headers(of span: RecordingSpan, _ tracer: ExportingTracer) -> [String: String] {
        var headers: [String: String] = [:]
        tracer.inject(span.context, into: &headers, using: Headers())
        return headers
    }

    @Test func aSpanIsAChildOfTheHeadersSpanAndTheParentOfWhatFollows() throws {
        let tracer = ExportingTracer(queue: SpanQueue())
        let span = tracer.startSpan(
            "process", context: context(["traceparent": parent, "tracestate": "vendor=1"], tracer), ofKind: .consumer)
        let inner = tracer.startSpan("work", context: span.context)
        let out = headers(of: span, tracer)
        inner.end()
        span.end()
        span.end()
        let finished = tracer.queue.take(10)
        #expect(finished.map(\.name) == ["work", "process"])
        for span in finished { #expect(span.place.traceID == "0af7651916cd43dd8448eb211c80319c") }
        #expect(finished[1].parentID == 0xb7ad_6b71_6920_3331)
        #expect(finished[0].parentID == finished[1].place.spanID)
        #expect(out == ["traceparent": finished[1].place.traceparent, "tracestate": "vendor=1"])
        #expect(finished.allSatisfy { $0.start <= $0.end })
    }

    /// Who began the trace has decided that it is not recorded: nothing is, and those to come are told the same.
    @Test func anUnsampledTraceIsPassedOnAndNotRecorded() {
        let tracer = ExportingTracer(queue: SpanQueue())
        let unsampled = String(parent.dropLast()) + "0"
        let span = tracer.startSpan("process", context: context(["traceparent": unsampled], tracer))
        span.attributes["messaging.system"] = "rabbitmq"
        #expect(!span.isRecording)
        span.end()
        #expect(tracer.queue.take(10).isEmpty)
        let out = headers(of: span, tracer)["traceparent"]
        #expect(out?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true && out?.hasSuffix("-00") == true)
    }

    @Test func aMalformedParentBeginsANewTrace() {
        let tracer = ExportingTracer(queue: SpanQueue())
        for text in ["", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "nonsense"] {
            let span = tracer.startSpan("process", context: context(["traceparent": text], tracer))
            #expect(span.isRecording)
            span.end()
        }
        let finished = tracer.queue.take(10)
        #expect(finished.allSatisfy { $0.parentID == nil } && Set(finished.map(\.place.traceID)).count == 3)
    }

    @Test(arguments: [(0.0, 0...0), (0.25, 350...650), (1.0, 2000...2000)])
    func theShareOfTracesThatIsRecorded(ratio: Double, expected: ClosedRange<Int>) {
        let tracer = ExportingTracer(queue: SpanQueue(), ratio: ratio)
        for _ in 0..<2000 { tracer.startSpan("a", context: .topLevel).end() }
        #expect(expected.contains(tracer.queue.take(.max).count))
    }

    @Test func aFullQueueDropsAndCounts() {
        let tracer = ExportingTracer(queue: SpanQueue(limit: 100))
        for number in 0..<250 { tracer.startSpan("span \(number)", context: .topLevel).end() }
        #expect(tracer.queue.takeDropped() == 150)
        #expect(tracer.queue.takeDropped() == 0)
        #expect(tracer.queue.take(60).first?.name == "span 0")
        #expect(tracer.queue.take(.max).count == 40)
    }

    @Test func whatIsSentIsOTLPAndNothingPersonal() throws {
        let tracer = ExportingTracer(queue: SpanQueue())
        let span = tracer.startSpan("process canary@example.org", context: context(["traceparent": parent], tracer))
        span.attributes["mail"] = "canary@example.org"
        span.attributes["access_token"] = "canary-token"
        span.attributes["long"] = String(repeating: "x", count: 10_000)
        span.attributes["number"] = 7
        span.attributes["flag"] = true
        span.recordError(Canary(text: "canary-error"))
        span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1))
        let text = OTLPRequest(resource: [("service.name", "repazoo-ingest")], version: "1").body(tracer.queue.take(10))
        #expect(!text.contains("canary") && text.utf8.count < 2000)
        let resource = try #require(try JSONValue(parsing: text)["resourceSpans"]?[0])
        #expect(resource["resource"]?["attributes"]?[0]?["value"]?["stringValue"] == "repazoo-ingest")
        let sent = try #require(resource["scopeSpans"]?[0]?["spans"]?[0])
        #expect(sent["traceId"] == "0af7651916cd43dd8448eb211c80319c" && sent["parentSpanId"] == "b7ad6b7169203331")
        #expect(sent["spanId"]?.string?.utf8.count == 16)
        #expect(sent["status"]?["code"] == 2)
        // A clock that was set back makes no span that ends before it began.
        #expect(sent["startTimeUnixNano"]?.string.flatMap { UInt64($0) } != nil)
        #expect(sent["endTimeUnixNano"] == sent["startTimeUnixNano"])
        let attributes = Dictionary(
            uniqueKeysWithValues: (sent["attributes"]?.elements ?? []).map { ($0["key"]?.string ?? "", $0["value"]) })
        #expect(attributes["number"] == .object([.init("intValue", "7")]))
        #expect(attributes["flag"] == .object([.init("boolValue", true)]))
        #expect(attributes["error.type"] == .object([.init("stringValue", "Canary")]))
    }

    private struct Canary: Error { let text: String }
}
