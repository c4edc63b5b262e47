/// What can be wrong with a model's answer while everything about HTTP is right.
enum ModelFault: String, Equatable, Sendable, CaseIterable {
    /// Words around the JSON.
    case prose
    /// The JSON ends in the middle, and `stop_reason` says nothing of it.
    case cutJSON = "cut-json"
    /// One tweet is missing.
    case wrongCount = "wrong-count"
    /// One tweet twice, another never.
    case duplicateIDs = "duplicate-ids"
    case badLabel = "bad-label"
    case outOfRange = "out-of-range"
    /// A member that nobody asked for, about the author's health.
    case extraMember = "extra-member"
    /// A summary of several megabytes.
    case enormous
    /// `stop_reason` max_tokens in the middle, though there was room.
    case maxTokens = "max-tokens"
    case contextWindow = "context-window"

    /// The text and the `stop_reason` in place of a good answer's.
    func applied(to text: String) -> (text: String, stop: String) {
        switch self {
        case .prose: return ("Certainly! Here is the JSON that you asked for:\n\n\(text)\n\nLet me know.", "end_turn")
        case .cutJSON: return (half(of: text), "end_turn")
        case .maxTokens: return (half(of: text), "max_tokens")
        case .contextWindow: return (half(of: text), "model_context_window_exceeded")
        case .enormous:
            return (changed(text) { $0["summary"] = .string(String(repeating: "word ", count: 1_200_000)) }, "end_turn")
        case .extraMember: return (changed(text) { $0["health"] = "The author seems to be ill." }, "end_turn")
        case .wrongCount: return (changedTweets(text) { Array($0.dropLast()) }, "end_turn")
        case .duplicateIDs:
            return (changedTweets(text) { tweets in tweets.dropLast() + tweets.prefix(1) }, "end_turn")
        case .badLabel: return (changedFirst(text, "sentiment", "furious"), "end_turn")
        case .outOfRange: return (changedFirst(text, "score", .double(1.5)), "end_turn")
        }
    }

    private func half(of text: String) -> String {
        String(decoding: text.utf8.prefix(text.utf8.count / 2), as: UTF8.self)
    }

    private func changed(_ text: String, _ change: (inout [String: JSON]) -> Void) -> String {
        guard var members = JSON(text: text)?.object else { return text }
        change(&members)
        return JSON.object(members).text
    }

    private func changedTweets(_ text: String, _ change: ([JSON]) -> [JSON]) -> String {
        changed(text) { $0["tweets"] = .array(change($0["tweets"]?.array ?? [])) }
    }

    private func changedFirst(_ text: String, _ name: String, _ value: JSON) -> String {
        changedTweets(text) { tweets in
            guard var first = tweets.first?.object else { return tweets }
            first[name] = value
            return [.object(first)] + tweets.dropFirst()
        }
    }
}
