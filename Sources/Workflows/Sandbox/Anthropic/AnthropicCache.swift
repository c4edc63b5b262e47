import FoundationEssentials

/// The provider's cache of the beginnings of prompts, by model: kept for five minutes from the last use; too short a beginning is passed
/// over without a word (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching).
struct AnthropicCache: Sendable {
    /// How the tokens of a prompt are told in `usage`.
    struct Split: Equatable, Sendable {
        var uncached: Int
        var creation = 0
        var read = 0

        /// What counts against the limit of input tokens.
        var limited: Int { uncached + creation }
    }

    static let lifetime: TimeInterval = 300

    private struct Key: Hashable {
        let model: String
        let text: String
    }

    private var lastUse: [Key: Date] = [:]

    /// What a call to this model would come to now. Nothing is kept yet.
    func split(_ asked: MessagesRequest, now: Date) -> Split {
        let tokens = MessagesRequest.tokens(asked.cached.utf8.count)
        guard tokens >= Self.least(asked.model) else { return Split(uncached: asked.inputTokens) }
        let isThere = lastUse[key(asked)].map { now.timeIntervalSince($0) < Self.lifetime } ?? false
        let rest = max(0, asked.inputTokens - tokens)
        return isThere ? Split(uncached: rest, read: tokens) : Split(uncached: rest, creation: tokens)
    }

    /// The call is answered: its beginning is there for the next one.
    mutating func keep(_ asked: MessagesRequest, now: Date) {
        lastUse = lastUse.filter { now.timeIntervalSince($0.value) < Self.lifetime }
        lastUse[key(asked)] = now
    }

    private func key(_ asked: MessagesRequest) -> Key { Key(model: asked.model, text: asked.cached) }

    private static func least(_ model: String) -> Int { model.contains("sonnet") ? 1_024 : 4_096 }
}
