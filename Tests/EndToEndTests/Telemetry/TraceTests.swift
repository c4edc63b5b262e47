import AMQP
import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// One request, one trace, from the backend's span over every consumer it leads to.
@Suite(.timeLimit(.minutes(3)))
struct TraceTests {
    private let trace = "0af7651916cd43dd8448eb211c80319c"
    private let parent = "b7ad6b7169203331"

    @Test func aRequestIsOneTraceFromEndToEnd() async throws {
        try await TraceSink.with { sink, url in
            var plan = House.Plan()
            let port = try TCPPort.free()
            plan.consumers = []
            plan.environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": url + "/", "LOG_LEVEL": "info"]
            try await House.with(plan) { house in
                try house.start("repazoo-ingest", [], ["HTTP_PORT": "\(port)"])
                try house.start("repazoo-analyze")
                try await house.addUser("user-123456", account: "1001", tweets: 30)
                let ingest = try await request(house, sampled: true)
                #expect(try await house.number("select count(*) from analyses") == 1)
                try await waitForSpans(sink)
                check(sink.spans, ingest)
                #expect(sink.paths == ["/v1/traces"])
                for canary in ["user-123456", "canaryhandle", "Canary", "canary@example.org", "sandbox-1001"] {
                    #expect(!sink.text.contains(canary), "\(canary)")
                }
                try await ticks(house, sink)
                try await unsampled(house, sink)
                try await withoutCollector(house, sink, port)
            }
        }
    }

    @discardableResult
    private func request(_ house: House, sampled: Bool) async throws -> MessageID {
        let id = MessageID.random()
        let user = try #require(UserID("user-123456"))
        try await house.publish(
            IngestRequest(userID: user).encode(), id: id.rawValue, type: "repazoo.ingest.v1", key: "ingest",
            headers: [HeaderName.traceparent: .string("00-\(trace)-\(parent)-0\(sampled ? 1 : 0)")])
        let analyze = MessageID.derived(from: id, name: MessageType.analyze.rawValue)
        // Done the first time; then there is nothing new to analyse.
        _ = try await house.outcome(of: analyze, at: .analyze)
        return id
    }

    private func waitForSpans(_ sink: TraceSink) async throws {
        try await eventually("both consumers' spans are there", within: .seconds(20)) {
            Set(["process repazoo.ingest", "process repazoo.analyze"]).isSubset(of: sink.spans.map(\.name))
        }
    }

    private func check(_ spans: [TraceSink.Span], _ ingest: MessageID) {
        // What a program asks a provider at its start is a trace of its own.
        #expect(spans.allSatisfy { $0.trace == trace || ($0.kind == 3 && $0.parent == nil) })
        #expect(Set(spans.map(\.id)).count == spans.count)
        guard let first = spans.first(where: { $0.name == "process repazoo.ingest" }),
            let second = spans.first(where: { $0.name == "process repazoo.analyze" })
        else { return }
        #expect(first.parent == parent && first.kind == 5 && first.service == "repazoo-ingest")
        #expect(first.attributes["messaging.message.id"] == ingest.rawValue)
        #expect(first.attributes["repazoo.outcome"] == "done")
        #expect(second.parent == first.id && second.kind == 5 && second.service == "repazoo-analyze")
        #expect(second.start >= first.start)
        for whole in [first, second] {
            let steps = spans.filter { $0.parent == whole.id && $0.service == whole.service }
            #expect(
                Set(steps.map(\.name)).isSuperset(of: ["decode", "recognise", "admit", "work", "commit", "announce"]),
                "\(steps.map(\.name))")
            #expect(steps.allSatisfy { $0.start >= whole.start && $0.end <= whole.end && $0.start <= $0.end })
            let calls = steps.filter { $0.kind == 3 }
            let work = steps.first { $0.name == "work" }
            #expect(!calls.isEmpty && calls.allSatisfy { $0.start >= work?.start ?? .max && $0.end <= work?.end ?? 0 })
            #expect(calls.allSatisfy { $0.attributes["http.response.status_code"] == "200" }, "\(calls)")
            #expect(calls.contains { $0.name == (whole.id == first.id ? "GET" : "POST") })
        }
    }

    /// A tick begins a trace, which its consumer joins.
    private func ticks(_ house: House, _ sink: TraceSink) async throws {
        // A scheduler that was away for ten minutes.
        try await house.postgres.query(
            "insert into schedules (name, cron, seen_until) values ('monitor', '*/5 * * * *', now() - interval '10 minutes')"
        )
        for name in ["repazoo-monitor", "repazoo-scheduler"] { try house.start(name) }
        try await eventually("the tick's trace is there", within: .seconds(20)) {
            sink.spans.contains { $0.name == "process repazoo.monitor" }
                && sink.spans.contains { $0.name == "publish repazoo.ticks" }
        }
        let tick = try #require(sink.spans.first { $0.name == "publish repazoo.ticks" })
        let look = try #require(sink.spans.first { $0.name == "process repazoo.monitor" })
        #expect(tick.kind == 4 && tick.parent == nil && tick.service == "repazoo-scheduler")
        #expect(tick.attributes["repazoo.schedule"] == "monitor")
        #expect(look.trace == tick.trace && look.parent == tick.id && look.start >= tick.start)
        #expect(look.attributes["messaging.message.id"] == tick.attributes["messaging.message.id"])
        for program in house.programs.suffix(2) { #expect(try await program.stop() == 0) }
    }

    /// Whoever began the trace does not want it recorded.
    private func unsampled(_ house: House, _ sink: TraceSink) async throws {
        let before = sink.spans.count
        try await request(house, sampled: false)
        try await request(house, sampled: true)
        // Each program sends its own when it likes.
        let names = ["process repazoo.ingest", "process repazoo.analyze"]
        try await eventually("the next one's spans are there", within: .seconds(20)) {
            names.allSatisfy { name in sink.spans.filter { $0.name == name }.count >= 2 }
        }
        for name in names { #expect(sink.spans.filter { $0.name == name }.count == 2) }
        #expect(sink.spans.count > before)
    }

    /// A collector that takes nothing costs spans, which are counted, and nothing else.
    private func withoutCollector(_ house: House, _ sink: TraceSink, _ port: Int) async throws {
        let taken = sink.spans.count
        sink.answer(400)
        try await request(house, sampled: true)
        try await eventually("what was not taken is counted", within: .seconds(20)) {
            try await spansTotal(house, port, "failed") > 0
        }
        #expect(try await spansTotal(house, port, "exported") > 0)
        #expect(sink.spans.count == taken)
    }

    private func spansTotal(_ house: House, _ port: Int, _ outcome: String) async throws -> Int {
        let answer = try await house.http.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/metrics"))
        let name = "repazoo_spans_total{outcome=\"\(outcome)\"} "
        let line = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
    }
}
