import HTTPTransport
import InMemoryTracing
import Testing
import Tracing

extension TransportSuite {
    /// What a trace tells of calls to the outside, and what it keeps to itself.
    @Suite struct CallSpanTests {
        private let tracer = InMemoryTracer()
        private let client: HTTPClient

        init() {
            var configuration = HTTPClientConfiguration()
            configuration.tracer = tracer
            client = HTTPClient(configuration: configuration)
        }

        @Test func aCallIsASpanBelowTheCallers() async throws {
            try await withServer(answerByPath) { server in
                try await tracer.withSpan("work") { work in
                    for path in ["/canary-path?canary=query", "/missing"] {
                        _ = try await client.send(
                            HTTPRequest(.post, server.url + path, headers: ["authorization": "canary-token"]))
                    }
                    let answer = try await client.stream(HTTPRequest(.get, server.url))
                    #expect(answer.status == 200)
                    _ = await failure { () throws(HTTPError) in
                        try await client.send(HTTPRequest(.get, server.url + "/cut"))
                    }
                    let spans = tracer.finishedSpans
                    #expect(spans.map(\.operationName) == ["POST", "POST", "GET", "GET"])
                    #expect(spans.allSatisfy { $0.kind == .client && $0.parentSpanID == work.spanID })
                    let place = ["server.address": "127.0.0.1", "server.port": "\(server.port)"]
                    let expected = [
                        ["http.request.method": "POST", "http.response.status_code": "200"],
                        ["http.request.method": "POST", "http.response.status_code": "404", "error.type": "404"],
                        ["http.request.method": "GET", "http.response.status_code": "200"],
                        ["http.request.method": "GET", "error.type": "receiveFailed"],
                    ]
                    #expect(spans.map(texts) == expected.map { $0.merging(place) { $1 } })
                    #expect(spans.map { $0.status?.code == .error } == [false, true, false, true])
                }
                // Who is called learns nothing of our traces.
                #expect(server.requests.count >= 4)
                #expect(server.requests.allSatisfy { $0.values("traceparent").isEmpty })
                #expect(tracer.performedContextInjections.isEmpty)
            }
        }

        @Test func aMailIsASpanToo() async throws {
            for (verb, reply) in [("none", ""), ("RCPT", "550 canary@example.org is unknown")] {
                try await withServer { connection, server in
                    playSMTP(connection, server, refusing: verb, with: reply)
                } _: { server in
                    let smtp = try SMTPServer(url: "smtp://canary:secret@127.0.0.1:\(server.port)?starttls=off")
                    try? await client.sendMail(SMTPTests.mail(), through: smtp)
                    let span = try #require(tracer.popFinishedSpans().first)
                    var expected = [
                        "network.protocol.name": "smtp", "server.address": "127.0.0.1",
                        "server.port": "\(server.port)",
                    ]
                    if verb != "none" { expected["error.type"] = "550" }
                    #expect(span.operationName == "SMTP" && span.kind == .client && texts(span) == expected)
                    #expect((span.status?.code == .error) == (verb != "none"))
                }
            }
        }

        private func texts(_ span: FinishedInMemorySpan) -> [String: String] {
            var found: [String: String] = [:]
            span.attributes.forEach { name, value in
                found[name] =
                    switch value {
                    case .string(let text): text
                    case .int64(let number): "\(number)"
                    default: "\(value)"
                    }
            }
            return found
        }
    }
}

@Sendable private func answerByPath(_ connection: ServerConnection, _ server: ScriptedServer) {
    while let request = connection.readRequest() {
        server.record(request)
        if request.line.contains("/cut") { return }
        let status = request.line.contains("/missing") ? "404 Not Found" : "200 OK"
        connection.send("HTTP/1.1 \(status)\r\nContent-Length: 2\r\n\r\nok")
    }
}
