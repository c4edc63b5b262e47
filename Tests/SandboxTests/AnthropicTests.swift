import Foundation
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct AnthropicTests {
    @Test func answersInTheShapeOfTheSchema() async throws {
        try await withSandbox { client in
            let texts = ["I love my garden", "I hate this train", "Platform 4 today", "The garden is not good"]
            let reply = try await client.message(sentimentRequest(texts))
            #expect(reply.status == 200)
            #expect(reply.headers["request-id"]?.hasPrefix("req_") == true)
            #expect(reply.json["type"] == "message")
            #expect(reply.json["model"] == "claude-sonnet-5")
            #expect(reply.json["stop_reason"] == "end_turn")
            #expect((reply.json["usage"]?["input_tokens"]?.int ?? 0) > 20)
            let text = try #require(reply.json["content"]?.array?.first?["text"]?.string)
            let answer = try #require(JSON(text: text))
            #expect(answer.object?.keys.sorted() == ["summary", "themes", "tweets"])
            let words = answer["tweets"]?.array?.compactMap { $0["sentiment"]?.string }
            #expect(words == ["positive", "negative", "neutral", "negative"])
            #expect(answer["tweets"]?.array?.compactMap { $0["n"]?.int } == [1, 2, 3, 4])
            #expect(answer["themes"]?.array?.contains("garden") == true)
            #expect(reply.json["usage"]?["output_tokens"]?.int == (text.utf8.count + 3) / 4)
        }
    }

    @Test func otherPropertiesAreFilledPlainly() throws {
        let schema: JSON = [
            "properties": [
                "language": ["type": "string"], "rating": ["type": "integer"], "mood": ["enum": ["x", "y"]],
            ]
        ]
        let answer = TweetOpinion([]).answer(to: schema)
        #expect(JSON(text: answer) == ["language": "", "rating": 0, "mood": "x"])
    }

    @Test func anAnswerLongerThanMaxTokensIsCutOff() async throws {
        try await withSandbox { client in
            let reply = try await client.message(
                sentimentRequest(Array(repeating: "so happy", count: 50), maxTokens: 20))
            #expect(reply.status == 200)
            #expect(reply.json["stop_reason"] == "max_tokens")
            #expect(reply.json["usage"]?["output_tokens"] == 20)
            let text = try #require(reply.json["content"]?.array?.first?["text"]?.string)
            #expect(text.utf8.count == 80)
            #expect(JSON(text: text) == nil)
        }
    }

    @Test(arguments: [
        ("x-api-key", 401, "authentication_error"), ("anthropic-version", 400, "invalid_request_error"),
        ("content-type", 400, "invalid_request_error"),
    ])
    func headersAreRequired(_ name: String, _ status: Int, _ type: String) async throws {
        try await withSandbox { client in
            var headers = Client.anthropicHeaders
            headers[name] = nil
            let reply = try await client.message(sentimentRequest(["a"]), headers: headers)
            #expect(reply.status == status)
            #expect(reply.json["type"] == "error")
            #expect(reply.json["error"]?["type"]?.string == type)
            #expect(reply.json["request_id"]?.string == reply.headers["request-id"])
        }
    }

    @Test(
        arguments: [
            (["temperature": .double(0.2)], 400, "temperature"), (["top_p": 1], 400, "top_p"),
            (["top_k": 4], 400, "top_k"),
            (["model": "claude-3-opus-20240229"], 404, "claude-3-opus-20240229"), (["model": .null], 400, "model"),
            (["max_tokens": .null], 400, "max_tokens"), (["max_tokens": 0], 400, "max_tokens"),
            (["max_tokens": "many"], 400, "max_tokens"), (["messages": []], 400, "messages"),
            (["colour": "red"], 400, "colour"),
            (["stream": true], 400, "stream"), (["messages": [["role": "user"]]], 400, "messages.0.content"),
            (
                ["messages": [["role": "user", "content": "hi"], ["role": "assistant", "content": "{"]]], 400, "prefill"
            ),
            (["messages": [["role": "user", "content": "<tweets>\nnot json\n</tweets>"]]], 400, "line 1"),
            (["messages": [["role": "user", "content": "<tweets>\n"]]], 400, "</tweets>"),
            (
                [
                    "output_config": [
                        "format": ["type": "json_schema", "schema": ["type": "object", "properties": [:]]]
                    ]
                ], 400,
                "additionalProperties"
            ),
            (["output_config": ["format": ["type": "xml"]]], 400, "json_schema"),
            (
                [
                    "output_config": [
                        "format": [
                            "type": "json_schema",
                            "schema": [
                                "type": "object", "additionalProperties": false,
                                "properties": ["n": ["type": "integer", "minimum": 1]],
                            ],
                        ]
                    ]
                ], 400, "minimum"
            ),
        ] as [([String: JSON], Int, String)])
    func badRequestsAreRefused(_ changes: [String: JSON], _ status: Int, _ names: String) async throws {
        try await withSandbox { client in
            let reply = try await client.message(sentimentRequest(["fine"], changes: changes))
            #expect(reply.status == status)
            #expect(reply.json["error"]?["message"]?.string?.contains(names) == true, "\(reply.text)")
        }
    }

    @Test func aBodyThatIsNotJSONIsRefused() async throws {
        try await withSandbox { client in
            for body in ["", "{", "[]", "\"x\"", String(repeating: "[", count: 20_000)] {
                let reply = try await client.send(
                    "POST", "/anthropic/v1/messages", headers: Client.anthropicHeaders, body: body)
                #expect(reply.status == 400)
                #expect(reply.json["error"]?["type"] == "invalid_request_error")
            }
        }
    }

    @Test(arguments: [
        ("thanks @anonymous", "@anonymous"), ("see http://url_removed", "http://url_removed"),
        ("write to anna@example.com", "anna@example.com"), ("escaped \u{40}bob", "@bob"),
    ])
    func personalTextIsNamed(_ text: String, _ offending: String) async throws {
        try await withSandbox { client in
            let reply = try await client.message(sentimentRequest(["fine", text]))
            #expect(reply.status == 422)
            #expect(reply.json["error"]?["message"]?.string?.contains(offending) == true)
            let system = try await client.message(sentimentRequest(["fine"], changes: ["system": .string(text)]))
            #expect(system.status == 422)
        }
    }

    @Test(arguments: [
        ("0d4f1c5e-8c0b-4a53-9f5e-0123456789ab", 200), ("user-123456", 422), ("anna@example.com", 422),
        ("2244994945224499494", 422), ("u_5d41402abc4b2a76b9719d911017c592", 200),
        ("5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592", 200),
    ])
    func metadataMustBeOpaque(_ id: String, _ status: Int) async throws {
        try await withSandbox { client in
            let reply = try await client.message(
                sentimentRequest(["fine"], changes: ["metadata": ["user_id": .string(id)]]))
            #expect(reply.status == status)
        }
    }

    @Test func modelsCanBeListedAndLookedUp() async throws {
        try await withSandbox { client in
            let list = try await client.send("GET", "/anthropic/v1/models", headers: Client.anthropicHeaders)
            #expect(list.json["data"]?.array?.contains { $0["id"] == "claude-opus-5" } == true)
            let one = try await client.send(
                "GET", "/anthropic/v1/models/claude-opus-5", headers: Client.anthropicHeaders)
            #expect(one.json["type"] == "model")
            let none = try await client.send("GET", "/anthropic/v1/models/claude-2", headers: Client.anthropicHeaders)
            #expect(none.status == 404)
            #expect(none.json["error"]?["type"] == "not_found_error")
        }
    }

    @Test func rateHeadersCountDown() async throws {
        let clock = HandClock()
        try await withSandbox({ $0.now = { clock.now } }) { client in
            let first = try await client.message(sentimentRequest(["fine"]))
            for name in ["requests", "tokens", "input-tokens", "output-tokens"] {
                #expect(first.headers["anthropic-ratelimit-\(name)-limit"] != nil)
            }
            #expect(first.headers["anthropic-ratelimit-requests-remaining"] == "3999")
            let reset = first.headers["anthropic-ratelimit-requests-reset"].flatMap(Timestamp.date)
            #expect(reset == clock.now + 1)
            clock.advance(61)
            let later = try await client.message(sentimentRequest(["fine"]))
            #expect(later.headers["anthropic-ratelimit-requests-remaining"] == "3999")
        }
    }

    @Test func aBucketRefusesWhatExceedsItAndFills() {
        var bucket = AnthropicBuckets(.init(requests: 2, inputTokens: 600, outputTokens: 60))
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        let taken = [0.0, 0, 0].map { bucket.take(input: 1, now: now + $0) }
        #expect(taken == [nil, nil, 30], "two a minute: the third in half of one")
        #expect(bucket.take(input: 1, now: now + 30) == nil)
        #expect(bucket.take(input: 600, now: now + 60) == nil)
        #expect(
            bucket.take(input: 60, now: now + 62) == 28, "one request in half a minute, and a tenth of the input sooner"
        )
        bucket.settle(output: 120)
        #expect(bucket.take(input: 1, now: now + 122) == 1, "what was too much comes off the next minute")
        #expect(
            bucket.headers(now: now, empty: "input-tokens").contains {
                $0 == ("anthropic-ratelimit-input-tokens-remaining", "0")
            })
    }

    @Test func limitsAreOfAClassOfModels() async throws {
        try await withSandbox { client in
            _ = try await client.send("PUT", "/sandbox/anthropic", body: #"{"rpm":1}"#)
            #expect(try await client.message(sentimentRequest(["a"])).status == 200)
            let second = try await client.message(sentimentRequest(["a"]))
            #expect(second.status == 429 && second.headers["retry-after"] == "60")
            #expect(
                try await client.message(sentimentRequest(["a"], changes: ["model": "claude-opus-5"])).status == 200)
            #expect(try await client.send("PUT", "/sandbox/anthropic", body: #"{"rpm":0}"#).status == 400)
        }
    }

    @Test func recursiveSchemasAreRefused() {
        let loop: JSON = [
            "$ref": "#/$defs/a",
            "$defs": [
                "a": ["type": "object", "additionalProperties": false, "properties": ["b": ["$ref": "#/$defs/a"]]]
            ],
        ]
        #expect(throws: AnthropicError.self) { try OutputSchema.check(loop) }
    }
}
