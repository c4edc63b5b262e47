import FoundationEssentials

/// Plays Anthropic's Messages API under `/anthropic`. Its "model" is a lexicon: it can tell a glad timeline from an
/// angry one, and it reads nothing else.
struct AnthropicProvider: PlayedProvider {
    let name = "anthropic"
    let prefix = "/anthropic"

    private var window = AnthropicRateWindow()

    mutating func answer(_ request: SandboxRequest, now: Date) -> SandboxAnswer {
        perform(request, refusing: false, now: now)
    }

    mutating func refusal(_ request: SandboxRequest, now: Date) -> SandboxAnswer {
        perform(request, refusing: true, now: now)
    }

    private mutating func perform(_ request: SandboxRequest, refusing: Bool, now: Date) -> SandboxAnswer {
        let requestID = Self.identifier("req_")
        do throws(AnthropicError) {
            try Self.checkHeaders(request)
            let path = request.segments(after: prefix)
            switch (request.method, path.count, path.dropFirst().first) {
            case ("POST", 2, "messages") where path[0] == "v1":
                return try message(request, requestID: requestID, refusing: refusing, now: now)
            case ("GET", 2, "models") where path[0] == "v1":
                return .json(200, AnthropicModels.list, headers: [("request-id", requestID)])
            case ("GET", 3, "models") where path[0] == "v1" && AnthropicModels.all.contains(path[2]):
                return .json(200, AnthropicModels.json(path[2]), headers: [("request-id", requestID)])
            default: throw AnthropicError(status: 404, message: "Not found")
            }
        } catch {
            return error.answer(requestID: requestID)
        }
    }

    private static func checkHeaders(_ request: SandboxRequest) throws(AnthropicError) {
        guard let key = request.headers["x-api-key"], !key.isEmpty else {
            throw AnthropicError(status: 401, message: "x-api-key header is required")
        }
        guard let version = request.headers["anthropic-version"] else {
            throw .invalid("anthropic-version: header is required")
        }
        guard version == "2023-06-01" else {
            throw .invalid("anthropic-version: \"\(version)\" is not a valid version")
        }
        if request.method == "POST", request.mediaType != "application/json" {
            throw .invalid("content-type: application/json is required")
        }
    }

    private mutating func message(
        _ request: SandboxRequest, requestID: String, refusing: Bool, now: Date
    ) throws(AnthropicError) -> SandboxAnswer {
        let asked = try MessagesRequest(request.body)
        try Self.refusePersonal(asked)
        let input = Self.tokens(
            asked.texts.lazy.filter { !$0.place.hasPrefix("tweet ") }.map(\.text.utf8.count).reduce(0, +))
        guard window.take(input: input, now: now) else {
            throw AnthropicError(
                status: 429, message: "This request would exceed your organization's rate limit",
                headers: window.headers(now: now) + [("retry-after", String(window.retryAfter(now: now)))])
        }
        var text = refusing ? "" : TweetOpinion(asked.tweets).answer(to: asked.schema)
        var stop = refusing ? "refusal" : "end_turn"
        if Self.tokens(text.utf8.count) > asked.maxTokens {
            text = String(decoding: Array(text.utf8.prefix(asked.maxTokens * 4)), as: UTF8.self)
            stop = "max_tokens"
        }
        let output = max(1, min(asked.maxTokens, Self.tokens(text.utf8.count)))
        window.settle(output: output)
        return .json(
            200, Self.reply(asked.model, text: text, stop: stop, input: input, output: output),
            headers: [("request-id", requestID)] + window.headers(now: now))
    }

    /// Nothing personal may reach the model: the answer names the text, so that a test can show what slipped through.
    private static func refusePersonal(_ asked: MessagesRequest) throws(AnthropicError) {
        if let id = asked.userID, let look = OpaqueIdentifier.personalLook(in: id) {
            throw personal(at: "metadata.user_id", [look])
        }
        for (place, text) in asked.texts {
            let looks = PersonalLook.findings(in: text)
            if !looks.isEmpty { throw personal(at: place, looks) }
        }
    }

    private static func personal(at place: String, _ looks: [PersonalLook]) -> AnthropicError {
        let list = looks.map { "\($0.kind.rawValue) \"\($0.text)\"" }.joined(separator: ", ")
        return AnthropicError(
            status: 422, type: "invalid_request_error", message: "sandbox: \(place) holds what looks personal: \(list)")
    }

    private static func reply(_ model: String, text: String, stop: String, input: Int, output: Int) -> JSON {
        let isRefusal = stop == "refusal"
        return [
            "id": .string(identifier("msg_")), "type": "message", "role": "assistant", "model": .string(model),
            "content": isRefusal ? [] : [["type": "text", "text": .string(text)]],
            "stop_reason": .string(stop), "stop_sequence": .null,
            "stop_details": isRefusal ? ["type": "refusal", "category": .null, "explanation": .null] : .null,
            "usage": [
                "input_tokens": .int(Int64(input)), "output_tokens": .int(Int64(output)),
                "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "service_tier": "standard",
            ],
        ]
    }

    /// About four bytes make a token.
    private static func tokens(_ bytes: Int) -> Int { (bytes + 3) / 4 }

    private static func identifier(_ prefix: String) -> String {
        let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789")
        return prefix + "01" + String((0..<22).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }

    func failure(_ failure: FaultFailure, now: Date) -> SandboxAnswer {
        var headers = window.headers(now: now)
        if failure.status == 429 || failure.retryAfter != nil {
            headers.append(("retry-after", String((failure.retryAfter ?? .seconds(1)).components.seconds)))
        }
        let message =
            switch failure.status {
            case 429: "This request would exceed your organization's rate limit"
            case 529: "Overloaded"
            case 500...: "Internal server error"
            default: "The sandbox was told to fail"
            }
        return AnthropicError(status: failure.status, message: message, headers: headers)
            .answer(requestID: Self.identifier("req_"))
    }
}
