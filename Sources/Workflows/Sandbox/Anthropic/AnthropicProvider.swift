import FoundationEssentials

/// Plays Anthropic's Messages API under `/anthropic`, single calls and batches. Its "model" is a lexicon: it can tell a glad timeline
/// from an angry one, and it reads nothing else, unless it is told to be gullible (`AnthropicPlay`).
struct AnthropicProvider: PlayedProvider {
    let name = "anthropic"
    let prefix = "/anthropic"

    private enum Mode {
        case good
        case refusing
        case distorted(ModelFault)
    }

    private var play = AnthropicPlay()
    private var buckets: [String: AnthropicBuckets] = [:]
    private var batches = AnthropicBatches()
    private var cache = AnthropicCache()

    mutating func answer(_ request: SandboxRequest, now: Date) -> SandboxAnswer { perform(request, .good, now: now) }

    mutating func refusal(_ request: SandboxRequest, now: Date) -> SandboxAnswer {
        perform(request, .refusing, now: now)
    }

    mutating func distorted(_ request: SandboxRequest, as fault: ModelFault, now: Date) -> SandboxAnswer {
        perform(request, .distorted(fault), now: now)
    }

    mutating func control(_ request: SandboxRequest, now: Date) -> SandboxAnswer? {
        guard request.path == "/sandbox/anthropic" else { return nil }
        guard request.method == "PUT", let play = AnthropicPlay(request.body) else {
            return .refused(
                400,
                "PUT an object of rpm, itpm, otpm, unknown_models, overloaded_models, overloaded_seconds, batch_seconds, batch_unanswered, obeys, obeys_inside"
            )
        }
        self.play = play
        (buckets, cache) = ([:], AnthropicCache())
        return SandboxAnswer(status: 204)
    }

    // MARK: The API

    private mutating func perform(_ request: SandboxRequest, _ mode: Mode, now: Date) -> SandboxAnswer {
        let requestID = Self.identifier("req_")
        do throws(AnthropicError) {
            try Self.checkHeaders(request)
            let path = request.segments(after: prefix)
            guard path.first == "v1", path.count >= 2 else { throw AnthropicError(status: 404, message: "Not found") }
            let reply = try route(request, Array(path.dropFirst()), mode, now)
            return SandboxAnswer(
                status: 200, headers: reply.headers + [("request-id", requestID)], body: reply.body)
        } catch {
            return error.answer(requestID: requestID)
        }
    }

    private mutating func route(
        _ request: SandboxRequest, _ path: [String], _ mode: Mode, _ now: Date
    ) throws(AnthropicError) -> SandboxAnswer {
        switch (request.method, path.count, path[0]) {
        case ("POST", 1, "messages"): return try message(request, mode, now)
        case ("GET", 1, "models"): return .json(200, AnthropicModels.list)
        case ("GET", 2, "models") where isKnown(path[1]): return .json(200, AnthropicModels.json(path[1]))
        case ("POST", 2, "messages") where path[1] == "batches": return try newBatch(request, now)
        case ("GET", 3, "messages") where path[1] == "batches": return .json(200, try batches.known(path[2]).json(now))
        case ("DELETE", 3, "messages") where path[1] == "batches":
            try batches.delete(path[2], now)
            return .json(200, ["id": .string(path[2]), "type": "message_batch_deleted"])
        case ("POST", 4, "messages") where path[1] == "batches" && path[3] == "cancel":
            return .json(200, try batches.cancel(path[2], now).json(now))
        case ("GET", 4, "messages") where path[1] == "batches" && path[3] == "results":
            return try results(try batches.known(path[2]), now)
        default: throw AnthropicError(status: 404, message: "Not found")
        }
    }

    private func isKnown(_ model: String) -> Bool {
        AnthropicModels.all.contains(model) && !play.unknownModels.contains(model)
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
        if request.method == "POST", !request.body.isEmpty, request.mediaType != "application/json" {
            throw .invalid("content-type: application/json is required")
        }
    }

    // MARK: Single calls

    private mutating func message(
        _ request: SandboxRequest, _ mode: Mode, _ now: Date
    ) throws(AnthropicError) -> SandboxAnswer {
        guard let body = JSON(bytes: request.body) else { throw .invalid("The request body is not a JSON object") }
        let asked = try read(body)
        if play.overloadedModels.contains(asked.model) {
            throw AnthropicError(
                status: 529, message: "Overloaded",
                headers: play.overloadedSeconds.map { [("retry-after", String($0))] } ?? [])
        }
        let modelClass = Self.modelClass(asked.model)
        var bucket = buckets[modelClass] ?? AnthropicBuckets(play.limits)
        let input = cache.split(asked, now: now)
        if let wait = bucket.take(input: input.limited, now: now) {
            throw AnthropicError(
                status: 429, message: "This request would exceed your organization's rate limit",
                headers: bucket.headers(now: now) + [("retry-after", String(wait))])
        }
        let (reply, output) = reply(to: asked, mode, input)
        cache.keep(asked, now: now)
        bucket.settle(output: output)
        buckets[modelClass] = bucket
        return .json(200, reply, headers: bucket.headers(now: now))
    }

    /// Checked as Anthropic would, and that it holds nothing personal.
    private func read(_ body: JSON) throws(AnthropicError) -> MessagesRequest {
        let asked = try MessagesRequest(body)
        guard isKnown(asked.model) else { throw AnthropicError(status: 404, message: "model: \(asked.model)") }
        try Self.refusePersonal(asked)
        return asked
    }

    private func reply(to asked: MessagesRequest, _ mode: Mode, _ input: AnthropicCache.Split) -> (JSON, output: Int) {
        var (text, stop) = ("", "refusal")
        if case .refusing = mode {
        } else {
            let honest = TweetOpinion(asked.tweets).answer(to: asked.schema)
            text = play.gullibility.applied(play.gullibility.effects(of: asked), to: honest, of: asked)
            stop = "end_turn"
        }
        if case .distorted(let fault) = mode { (text, stop) = fault.applied(to: text) }
        if MessagesRequest.tokens(text.utf8.count) > asked.maxTokens, stop == "end_turn", text.utf8.count < 4 << 20 {
            text = String(decoding: Array(text.utf8.prefix(asked.maxTokens * 4)), as: UTF8.self)
            stop = "max_tokens"
        }
        let output = max(1, min(asked.maxTokens, MessagesRequest.tokens(text.utf8.count)))
        return (Self.reply(asked.model, text: text, stop: stop, input: input, output: output), output)
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

    private static func reply(_ model: String, text: String, stop: String, input: AnthropicCache.Split, output: Int)
        -> JSON
    {
        let isRefusal = stop == "refusal"
        return [
            "id": .string(identifier("msg_")), "type": "message", "role": "assistant", "model": .string(model),
            "content": isRefusal ? [] : [["type": "text", "text": .string(text)]],
            "stop_reason": .string(stop), "stop_sequence": .null,
            "stop_details": isRefusal ? ["type": "refusal", "category": .null, "explanation": .null] : .null,
            "usage": [
                "input_tokens": .int(Int64(input.uncached)), "output_tokens": .int(Int64(output)),
                "cache_creation_input_tokens": .int(Int64(input.creation)),
                "cache_read_input_tokens": .int(Int64(input.read)), "service_tier": "standard",
            ],
        ]
    }

    // MARK: Batches

    private mutating func newBatch(_ request: SandboxRequest, _ now: Date) throws(AnthropicError) -> SandboxAnswer {
        let requests = try AnthropicBatches.requests(request.body) { body throws(AnthropicError) in try read(body) }
        let batch = AnthropicBatches.Batch(
            id: Self.identifier("msgbatch_"), requests: requests, createdAt: now, endsAt: now + play.batchSeconds)
        batches.add(batch)
        return .json(200, batch.json(now))
    }

    private func results(_ batch: AnthropicBatches.Batch, _ now: Date) throws(AnthropicError) -> SandboxAnswer {
        guard now >= batch.end else { throw .invalid("Batch \(batch.id) has no results yet") }
        var lines: [String] = []
        for (index, request) in batch.requests.enumerated().reversed() {
            let result: JSON =
                if batch.cancelledAt != nil {
                    ["type": "canceled"]
                } else if index < play.batchUnanswered {
                    index == 0
                        ? [
                            "type": "errored",
                            "error": [
                                "type": "error", "error": ["type": "api_error", "message": "Internal server error"],
                            ],
                        ] : ["type": "expired"]
                } else {
                    [
                        "type": "succeeded",
                        "message": reply(
                            to: request.asked, .good, AnthropicCache.Split(uncached: request.asked.inputTokens)
                        ).0,
                    ]
                }
            lines.append(JSON.object(["custom_id": .string(request.customID), "result": result]).text)
        }
        return SandboxAnswer(
            status: 200, headers: [("content-type", "application/x-jsonl")],
            body: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    // MARK: Faults

    func failure(_ failure: FaultFailure, now: Date) -> SandboxAnswer {
        var headers = AnthropicBuckets(play.limits).headers(now: now, empty: failure.limit)
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

    private static func modelClass(_ model: String) -> String {
        ["opus", "sonnet", "haiku"].first { model.contains($0) } ?? model
    }

    private static func identifier(_ prefix: String) -> String {
        let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789")
        return prefix + "01" + String((0..<22).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}
