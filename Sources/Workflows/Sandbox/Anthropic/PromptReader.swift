/// One tweet of a prompt: `{"n":1,"text":"…"}` on a line of its own between `<tweets>` and `</tweets>`.
struct PromptTweet: Equatable {
    var number: Int
    var text: String
}

/// Collects the texts of `system` and `messages`, and the tweets that the user's messages carry as data.
enum PromptReader {
    typealias Prompt = (texts: [(place: String, text: String)], tweets: [PromptTweet])

    /// What of `system` is to be kept in the cache: all up to the last block that is marked; empty without a mark.
    static func marked(_ system: JSON?) -> String {
        let blocks = system?.array ?? []
        let last = blocks.lastIndex { $0["cache_control"]?["type"]?.string == "ephemeral" }
        return blocks.prefix(last.map { $0 + 1 } ?? 0).compactMap { $0["text"]?.string }.joined(separator: "\n")
    }

    static func read(_ members: [String: JSON]) throws(AnthropicError) -> Prompt {
        var texts: [(place: String, text: String)] = []
        if let system = members["system"], system != .null { texts = try blocks(system, at: "system") }
        guard let messages = members["messages"]?.array, !messages.isEmpty else {
            throw .invalid("messages: at least one message is required")
        }
        var tweets: [PromptTweet] = []
        for (index, message) in messages.enumerated() {
            let place = "messages.\(index)"
            guard let role = message["role"]?.string, role == "user" || role == "assistant" else {
                throw .invalid("\(place).role: Input should be 'user' or 'assistant'")
            }
            guard let content = message["content"] else { throw .invalid("\(place).content: Field required") }
            let read = try blocks(content, at: "\(place).content")
            if role == "user" {
                for block in read { tweets += try self.tweets(in: block.text, at: block.place) }
            }
            texts += read
        }
        if messages.last?["role"]?.string == "assistant" {
            throw .invalid("This model does not support assistant message prefill: the last message must be a user's")
        }
        texts += tweets.map { ("tweet \($0.number)", $0.text) }  // once more without JSON's escapes
        return (texts, tweets)
    }

    /// A string, or a list of text blocks.
    private static func blocks(
        _ content: JSON, at place: String
    ) throws(AnthropicError) -> [(place: String, text: String)] {
        if let text = content.string {
            guard !text.isEmpty else { throw .invalid("\(place): text must not be empty") }
            return [(place, text)]
        }
        guard let items = content.array, !items.isEmpty else {
            throw .invalid("\(place): Input should be a string or a list of blocks")
        }
        var texts: [(place: String, text: String)] = []
        for (index, item) in items.enumerated() {
            guard item["type"]?.string == "text", let text = item["text"]?.string, !text.isEmpty else {
                throw .invalid("\(place).\(index): the sandbox reads text blocks that are not empty")
            }
            texts.append(("\(place).\(index).text", text))
        }
        return texts
    }

    private static func tweets(in text: String, at place: String) throws(AnthropicError) -> [PromptTweet] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let begin = lines.firstIndex(of: "<tweets>") else { return [] }
        guard let end = lines[begin...].firstIndex(of: "</tweets>") else {
            throw .invalid("\(place): <tweets> is not closed by a line </tweets>")
        }
        var tweets: [PromptTweet] = []
        for (index, line) in lines[(begin + 1)..<end].enumerated() where !line.isEmpty {
            guard let value = JSON(text: String(line)), let number = value["n"]?.int, let text = value["text"]?.string
            else { throw .invalid("\(place): line \(index + 1) of the tweets is not {\"n\":number,\"text\":string}") }
            tweets.append(PromptTweet(number: number, text: text))
        }
        return tweets
    }
}
