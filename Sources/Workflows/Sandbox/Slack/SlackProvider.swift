import FoundationEssentials

/// Plays Slack's incoming webhooks under `/slack/services/T…/B…/…` (docs.slack.dev, "Sending messages using incoming webhooks" and
/// "Block Kit"): limits of blocks and texts, one message a second after a short burst, plain-text answers.
struct SlackProvider: PlayedProvider {
    let name = "slack"
    let prefix = "/slack"

    /// Messages that may come at once before the rate of one a second counts.
    private static let burst = 10.0
    private static let totalCharacters = 13_000

    private var credit = burst
    private var creditAt: Date?

    mutating func answer(_ request: SandboxRequest, now: Date) -> SandboxAnswer {
        let path = request.segments(after: prefix)
        guard request.method == "POST", path.count == 4, path[0] == "services" else { return .text(404, "no_service") }
        guard path[3] != "invalid" else { return .text(403, "invalid_token") }
        guard request.mediaType == "application/json", let message = JSON(bytes: request.body), message.object != nil
        else {
            return .text(400, "invalid_payload")
        }
        if let problem = Self.problem(message) { return .text(400, problem) }
        guard take(now) else { return Self.tooMany(1) }
        return .text(200, "ok")
    }

    func failure(_ failure: FaultFailure, now: Date) -> SandboxAnswer {
        let wait = Int((failure.retryAfter ?? .seconds(1)).components.seconds)
        switch failure.status {
        case 429: return Self.tooMany(wait)
        case 500...: return .text(failure.status, "rollup_error")
        case 404: return .text(404, "channel_not_found")
        case 410: return .text(410, "channel_is_archived")
        default: return .text(failure.status, "action_prohibited")
        }
    }

    private mutating func take(_ now: Date) -> Bool {
        if let creditAt { credit = min(Self.burst, credit + max(0, now.timeIntervalSince(creditAt))) }
        creditAt = now
        guard credit >= 1 else { return false }
        credit -= 1
        return true
    }

    private static func tooMany(_ seconds: Int) -> SandboxAnswer {
        var answer = SandboxAnswer.text(429, "rate_limited")
        answer.headers.append(("retry-after", String(seconds)))
        return answer
    }

    private static func problem(_ message: JSON) -> String? {
        let text = message["text"]?.string ?? ""
        guard let blocks = message["blocks"] else { return text.isEmpty ? "no_text" : nil }
        guard let list = blocks.array, list.count <= 50 else { return "invalid_blocks" }
        var total = 0
        for block in list {
            switch block["type"]?.string {
            case "header":
                guard let text = block["text"], text["type"]?.string == "plain_text", fits(text, 150, &total) else {
                    return "invalid_blocks"
                }
            case "section":
                let fields = block["fields"]?.array ?? []
                guard block["text"] != nil || !fields.isEmpty, fields.count <= 10,
                    block["text"].map({ fits($0, 3000, &total) }) ?? true,
                    fields.allSatisfy({ fits($0, 2000, &total) })
                else { return "invalid_blocks" }
            case "context":
                guard let elements = block["elements"]?.array, (1...10).contains(elements.count),
                    elements.allSatisfy({ fits($0, 3000, &total) })
                else { return "invalid_blocks" }
            case "divider": break
            default: return "invalid_blocks"
            }
        }
        return total > totalCharacters ? "msg_blocks_too_long" : nil
    }

    private static func fits(_ text: JSON, _ limit: Int, _ total: inout Int) -> Bool {
        guard let words = text["text"]?.string, (1...limit).contains(words.utf16.count) else { return false }
        total += words.utf16.count
        return true
    }
}
