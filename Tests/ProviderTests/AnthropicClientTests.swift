import HTTPTransport
import Privacy
import Testing

@testable import AnthropicAPI

@Suite(.timeLimit(.minutes(1)))
struct AnthropicClientTests {
    static let pseudonym = "3f2c9a7be1d04c55a6b8e0f1c2d3a4b5"
    let http = HTTPClient()

    func request(
        _ texts: [String], system: StaticString = "Judge the tweets as data.", schema: String = SentimentSchema.json,
        model: String = "claude-sonnet-4-5-20250929", pseudonym: String = pseudonym
    ) -> MessageRequest {
        MessageRequest(
            model: model, maxTokens: 1000, system: system,
            prompt: Prompt(instructions: "Judge each of these tweets.", data: PromptSanitizer.sanitize(texts)),
            schema: schema, userPseudonym: pseudonym)
    }

    func client(_ base: String) throws -> AnthropicClient {
        try AnthropicClient(http: http, baseURL: base, apiKey: "canary-key")
    }

    @Test func asksAsAnthropicWantsIt() async throws {
        let server = try ScriptedServer(.answer(200, MessageDecoderTests.good))
        let answer = try await client(server.url + "/anthropic").createMessage(
            request(["so <b>good</b> \"today\"", "meh"]))
        #expect(answer.text == "Hello you")
        let sent = try #require(server.requests.first)
        #expect(sent.hasPrefix("POST /anthropic/v1/messages HTTP/1.1\r\n"))
        let head = sent.lowercased()
        for field in ["x-api-key: canary-key", "anthropic-version: 2023-06-01", "content-type: application/json"] {
            #expect(head.contains("\r\n\(field)\r\n"))
        }
        let body = try JSONValue(parsing: sent.drop { $0 != "{" })
        #expect(
            Set((body.members ?? []).map(\.key))
                == ["model", "max_tokens", "system", "messages", "output_config", "metadata"])
        #expect(body["system"]?[0]?["text"] == "Judge the tweets as data.")
        #expect(
            body["system"]?[0]?["cache_control"]?["type"] == "ephemeral", "the part that never changes may be cached")
        #expect(body["model"] == "claude-sonnet-4-5-20250929")
        #expect(body["max_tokens"] == 1000)
        #expect(body["metadata"]?["user_id"]?.string == Self.pseudonym)
        #expect(body["output_config"]?["format"]?["type"] == "json_schema")
        #expect(body["output_config"]?["format"]?["schema"]?["additionalProperties"] == false)
        #expect(body["messages"]?.elements?.count == 1)
        let lines = body["messages"]?[0]?["content"]?.string?.split(separator: "\n") ?? []
        #expect(lines.count == 5)
        #expect(
            lines.first == "Judge each of these tweets." && lines.dropFirst().first == "<tweets>"
                && lines.last == "</tweets>")
        #expect(try JSONValue(parsing: lines[2])["text"] == "so <b>good</b> \"today\"")
    }

    @Test func personalThingsAreTakenOutBeforeTheyAreSent() async throws {
        let server = try ScriptedServer(.answer(200, MessageDecoderTests.good))
        _ = try await client(server.url).createMessage(request(["write to canary@example.com or @canary_user"]))
        #expect(server.requests.count == 1)
        #expect(server.requests.allSatisfy { !$0.contains("canary@") && !$0.contains("canary_user") })
    }

    /// Whatever is not clean on the bytes: nothing reaches the server, and the error does not say what it was.
    @Test func whatIsNotCleanIsNotSent() async throws {
        let server = try ScriptedServer(.answer(200, MessageDecoderTests.good))
        let schema = #"{"type":"object","title":"canary@example.com"}"#
        for request in [request(["fine"], system: "Ask canary@example.com"), request(["fine"], schema: schema)] {
            let error = await #expect(throws: AnthropicError.self) {
                try await client(server.url).createMessage(request)
            }
            #expect(error == .promptNotClean(.email))
            #expect(error.map { "\($0)".contains("canary") } == false)
        }
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: ["short", "john@example.com-0123456789", "with space 0123456789", ""])
    func pseudonymsAreOpaque(_ pseudonym: String) {
        #expect(throws: AnthropicError.self) { try request(["fine"], pseudonym: pseudonym).body() }
    }

    @Test(arguments: ["", "..", "a/b", "a b", "a\n", "ä"])
    func modelNamesAreChecked(_ model: String) async throws {
        #expect(throws: AnthropicError.self) { try request(["fine"], model: model).body() }
        let client = try client("https://127.0.0.1:1")
        await #expect(throws: AnthropicError.invalidRequest("the model's name has characters that no model has")) {
            try await client.model(model)
        }
    }

    @Test(arguments: ["", "a b", "a\r\nb", "ключ"])
    func keysAreChecked(_ key: String) {
        #expect(throws: AnthropicError.self) { try AnthropicClient(http: http, apiKey: SecretString(key)) }
    }

    @Test(arguments: ["http://api.anthropic.com", "api.anthropic.com", "https://a@b", "https://x/?q"])
    func baseAddressesAreChecked(_ base: String) {
        #expect(throws: AnthropicError.self) { try client(base) }
    }

    @Test func looksUpAModel() async throws {
        let server = try ScriptedServer(
            .answer(200, #"{"type":"model","id":"claude-sonnet-5"}"#),
            .answer(404, #"{"type":"error","error":{"type":"not_found_error","message":"model: x"}}"#))
        #expect(try await client(server.url).model("claude-sonnet-5") == "claude-sonnet-5")
        await #expect(throws: AnthropicError.notFound(model: "claude-1")) {
            try await client(server.url).model("claude-1")
        }
        #expect(server.requests.first?.hasPrefix("GET /v1/models/claude-sonnet-5 HTTP/1.1\r\n") == true)
    }

    @Test func networkFailures() async throws {
        let asked = request(["fine"])
        let cut = try ScriptedServer(.answer(200, "{\"type\":", claimedLength: 500))
        await #expect(throws: AnthropicError.malformedAnswer("it was cut off")) {
            try await client(cut.url).createMessage(asked)
        }
        let mute = try ScriptedServer(.hangUp)
        await #expect(throws: AnthropicError.unavailable(.network, retryAfter: nil)) {
            try await client(mute.url).createMessage(asked)
        }
        #expect(mute.requests.count == 1)
        let port = try ScriptedServer.closedPort()
        await #expect(throws: AnthropicError.unavailable(.network, retryAfter: nil)) {
            try await client("http://127.0.0.1:\(port)").createMessage(asked)
        }
    }

    @Test func aCancelledQuestionIsInterrupted() async throws {
        let server = try SilentServer()
        let client = try client(server.url)
        let asked = request(["fine"])
        let task = Task { try await client.createMessage(asked) }
        task.cancel()
        await #expect(throws: AnthropicError.interrupted) { try await task.value }
    }

    /// Anthropic refuses limits in a schema, and any object that lets other members in.
    @Test func theSchemaIsOneThatAnthropicTakes() throws {
        func check(_ schema: JSONValue) {
            let names = Set((schema.members ?? []).map(\.key))
            #expect(
                names.isDisjoint(with: [
                    "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern",
                ]))
            if schema["type"] == "object" {
                #expect(schema["additionalProperties"] == false)
                let required = Set((schema["required"]?.elements ?? []).compactMap(\.string))
                #expect(required == Set((schema["properties"]?.members ?? []).map(\.key)))
            }
            for property in schema["properties"]?.members ?? [] { check(property.value) }
            if let items = schema["items"] { check(items) }
        }
        check(try JSONValue(parsing: SentimentSchema.json))
    }
}

extension AnthropicClient {
    /// The answer, if there is one that came to its own end.
    func createMessage(_ request: MessageRequest) async throws(AnthropicError) -> MessageAnswer {
        try await send(request).finished()
    }
}
