import AnthropicAPI
import CircuitBreakers
import Contracts
import FoundationEssentials
import Logging
import RateLimits

/// One question to the first model of a list that exists: through the circuits, under the rate limits, its answer told by name.
struct ModelCalls: Sendable {
    /// A pause so short is waited out; for a longer one the message is put off.
    static let patience: TimeInterval = 3

    let client: AnthropicClient
    let buckets: TokenBuckets
    let activity: ProviderActivity
    let circuits: ModelCircuits
    let catalogue = ModelCatalogue()
    let logger: Logger

    /// Models that the provider turns out not to know are noted in the catalogue.
    ///
    /// - Parameter request: The question, put to a model by its name.
    /// - Throws: `Postponed`, `CircuitOpen`, or an `AnthropicError`.
    func ask(
        _ user: UserID, _ models: [String], _ request: @Sendable (_ model: String) -> MessageRequest
    ) async throws -> MessageAnswer {
        for model in catalogue.candidates(of: models) {
            do {
                return try await ask(user, request(model))
            } catch AnthropicError.notFound {
                catalogue.isMissing(model)
                logger.error(
                    "the provider does not know a model of the list: correct ANTHROPIC_MODEL_BASIC or ANTHROPIC_MODEL_PRO",
                    metadata: ["model": "\(model)"])
            }
        }
        throw AnthropicError.notFound(model: models.joined(separator: ", "))
    }

    private func ask(_ user: UserID, _ request: MessageRequest) async throws -> MessageAnswer {
        try await circuits.call(request.model) {
            let permit = try await leave(for: request, user)
            do throws(AnthropicError) {
                let reply = try await client.send(request)
                await settle(permit, reply)
                return try reply.finished()
            } catch {
                if Self.wasNeverSent(error) { try? await buckets.giveBack(permit) }
                throw error
            }
        }
    }

    /// Waits a little for leave; throws `Postponed` when a little is not enough.
    private func leave(for request: MessageRequest, _ user: UserID) async throws -> TokenPermit {
        try await activity.begin()
        let deadline = Date().addingTimeInterval(Self.patience)
        let amounts = TokenAmounts(input: request.estimatedInputTokens, output: request.maxTokens)
        let modelClass = OrganisationLimits.modelClass(of: request.model)
        while true {
            switch try await buckets.reserve(user, modelClass: modelClass, amounts) {
            case .go(let permit): return permit
            case .notBefore(let time, let limit):
                guard time <= deadline else { throw Postponed(until: time, limit: limit) }
                try await Task.sleep(for: .seconds(max(0.005, time.timeIntervalSinceNow)))
            }
        }
    }

    /// Puts the estimate right. That Redis is away here costs allowance for a minute, and no answer that was paid for.
    private func settle(_ permit: TokenPermit, _ reply: MessageReply) async {
        var (used, closed): (TokenAmounts?, Duration?)
        switch reply.result {
        case .success(let answer): used = answer.usage.limited
        case .failure(.rateLimited(let retryAfter)): (used, closed) = (.nothing, retryAfter ?? .seconds(60))
        case .failure(.unavailable), .failure(.malformedAnswer): used = nil
        case .failure: used = .nothing
        }
        do {
            try await buckets.settle(permit, used: used, word: TokenWord(reply.limits), closedFor: closed)
        } catch {
            logger.debug("a rate limit could not be settled", metadata: ["error": "\(error)"])
        }
    }

    private static func wasNeverSent(_ error: AnthropicError) -> Bool {
        switch error {
        case .promptNotClean, .invalidRequest: true
        default: false
        }
    }
}

/// Not before this time, by the rate limits.
struct Postponed: Error, CustomStringConvertible {
    let until: Date
    let limit: TokenLimit

    var description: String { "the rate limit (\(limit)) leaves no room now" }
}

extension TokenAmounts {
    fileprivate static let nothing = TokenAmounts(input: 0, output: 0)
}

extension TokenUsage {
    /// What counts against the limits: what was read from the cache does not
    /// (https://docs.anthropic.com/en/api/rate-limits#cache-aware-itpm).
    var limited: TokenAmounts { TokenAmounts(input: uncachedInput + cacheCreation, output: output) }
}

extension TokenWord {
    fileprivate init(_ headers: LimitHeaders) {
        self.init(
            requests: Level(limit: headers.requests.limit, remaining: headers.requests.remaining),
            inputTokens: Level(limit: headers.inputTokens.limit, remaining: headers.inputTokens.remaining),
            outputTokens: Level(limit: headers.outputTokens.limit, remaining: headers.outputTokens.remaining))
    }
}
