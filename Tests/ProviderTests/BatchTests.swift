import HTTPTransport
import Privacy
import Testing

@testable import AnthropicAPI

@Suite(.timeLimit(.minutes(1)))
struct BatchTests {
    private func client(_ server: ScriptedServer) throws -> AnthropicClient {
        try AnthropicClient(http: HTTPClient(), baseURL: server.url, apiKey: "canary-key")
    }

    private func question(_ text: String) -> MessageRequest {
        MessageRequest(
            model: "claude-sonnet-5", maxTokens: 100, system: "Judge.",
            prompt: Prompt(instructions: "Judge these.", data: PromptSanitizer.sanitize([text])),
            userPseudonym: "5d41402abc4b2a76b9719d911017c592")
    }

    private static let running = #"{"type":"message_batch","id":"msgbatch_01","processing_status":"in_progress"}"#

    @Test func questionsGoTogether() async throws {
        let server = try ScriptedServer(.answer(200, Self.running))
        let status = try await client(server).createBatch([
            ("q0", question("fine, @canary")), ("q1", question("meh")),
        ])
        #expect(status.id == "msgbatch_01" && status.processing == .inProgress)
        let sent = try #require(server.requests.first)
        #expect(sent.hasPrefix("POST /v1/messages/batches HTTP/1.1\r\n") && !sent.contains("canary_"))
        let requests = try JSONValue(parsing: sent.drop { $0 != "{" })["requests"]?.elements ?? []
        #expect(requests.map { $0["custom_id"]?.string } == ["q0", "q1"])
        #expect(requests.first?["params"]?["messages"]?[0]?["content"]?.string?.contains("[USER") == true)
    }

    @Test func whatIsNotCleanIsNotHandedOver() async throws {
        let server = try ScriptedServer(.answer(200, Self.running))
        let bad = MessageRequest(
            model: "claude-sonnet-5", maxTokens: 100, system: "Ask canary@example.com",
            prompt: Prompt(instructions: "Judge.", data: PromptSanitizer.sanitize(["a"])),
            userPseudonym: "5d41402abc4b2a76b9719d911017c592")
        await #expect(throws: AnthropicError.promptNotClean(.email)) {
            try await client(server).createBatch([("q0", question("fine")), ("q1", bad)])
        }
        #expect(server.requests.isEmpty)
    }

    @Test func resultsComeInAnyOrderAndWithAnyEnd() async throws {
        let lines = [
            #"{"custom_id":"q2","result":{"type":"expired"}}"#,
            #"{"custom_id":"q0","result":{"type":"succeeded","message":\#(MessageDecoderTests.good.replacing("\n", with: ""))}}"#,
            "", #"{"custom_id":"q1","result":{"type":"errored","error":{"type":"error"}}}"#,
            #"{"custom_id":"q3","result":{"type":"canceled"}}"#,
        ]
        let server = try ScriptedServer(.answer(200, lines.joined(separator: "\n") + "\n"))
        let results = try await client(server).batchResults("msgbatch_01")
        #expect(results.map(\.customID) == ["q2", "q0", "q1", "q3"])
        let words = results.map { result in
            switch result.outcome {
            case .answered(let message): message.text
            case .errored: "errored"
            case .unasked: "unasked"
            }
        }
        #expect(words == ["unasked", "Hello you", "errored", "unasked"])
        #expect(server.requests.first?.hasPrefix("GET /v1/messages/batches/msgbatch_01/results ") == true)
    }

    @Test(arguments: [
        "x", "[]", "{}", #"{"custom_id":"","result":{"type":"expired"}}"#,
        #"{"custom_id":"a","result":{"type":"lost"}}"#,
        #"{"custom_id":"a","result":{"type":"succeeded"}}"#,
        #"{"custom_id":"a","result":{"type":"succeeded","message":{}}}"#,
    ])
    func otherLinesAreMalformed(_ line: String) async throws {
        let server = try ScriptedServer(.answer(200, line))
        await #expect(throws: AnthropicError.self) { try await client(server).batchResults("msgbatch_01") }
    }

    @Test func whatIsDeletedMayBeGoneAlready() async throws {
        let gone = #"{"type":"error","error":{"type":"not_found_error","message":"x"}}"#
        let server = try ScriptedServer(
            .answer(200, #"{"id":"msgbatch_01","type":"message_batch_deleted"}"#), .answer(404, gone),
            .answer(400, #"{"type":"error","error":{"type":"invalid_request_error"}}"#), .answer(404, gone))
        let client = try client(server)
        try await client.deleteBatch("msgbatch_01")
        try await client.deleteBatch("msgbatch_01")
        await #expect(throws: AnthropicError.invalidRequest("status 400")) {
            try await client.deleteBatch("msgbatch_01")
        }
        await #expect(throws: AnthropicError.notFound(model: "")) { try await client.batch("msgbatch_01") }
        #expect(server.requests.first?.hasPrefix("DELETE /v1/messages/batches/msgbatch_01 ") == true)
        await #expect(throws: AnthropicError.self) { try await client.batch("../models") }
    }

    @Test func aReplyTellsWhatIsLeft() async throws {
        let headers = [
            "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49",
            "anthropic-ratelimit-input-tokens-limit": "30000", "anthropic-ratelimit-input-tokens-remaining": "many",
            "anthropic-ratelimit-output-tokens-remaining": "-3",
        ]
        let error = #"{"type":"error","error":{"type":"rate_limit_error"}}"#
        let server = try ScriptedServer(
            .answer(200, MessageDecoderTests.good, headers: headers),
            .answer(429, error, headers: headers.merging(["retry-after": "20"]) { $1 }))
        let client = try client(server)
        let good = try await client.send(question("fine"))
        #expect(good.limits.requests == .init(limit: 50, remaining: 49))
        #expect(good.limits.inputTokens == .init(limit: 30000, remaining: nil))
        #expect(good.limits.outputTokens == .init(limit: nil, remaining: nil))
        let limited = try await client.send(question("fine"))
        #expect(throws: AnthropicError.rateLimited(retryAfter: .seconds(20))) { try limited.finished() }
        #expect(limited.limits.requests.remaining == 49)
    }
}
