public import Alerts
import Contracts
public import FoundationEssentials
public import HTTPTransport
public import Privacy

/// Slack by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). The URL is a secret.
///
/// Limits of Block Kit: 50 blocks, a header of 150 characters, a section of 3000, ten fields of 2000; about 13,000 in all. A webhook
/// knows no idempotency: a message whose answer was lost is sent again and says so.
public struct SlackNotifier: Notifier {
    /// Of the 13,000 characters that a message may have.
    private static let factsTotal = 8000

    public let channel = AlertChannel.slack
    private let url: SecretString
    private let http: HTTPClient
    private let timeouts: HTTPTimeouts
    private let now: @Sendable () -> Date

    public init(
        webhook: SecretString, http: HTTPClient, timeouts: HTTPTimeouts,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        url = webhook
        self.http = http
        self.timeouts = timeouts
        self.now = now
    }

    public func send(_ notice: AlertNotice, isRepeated: Bool) async -> SendOutcome {
        let request = HTTPRequest(
            .post, url.reveal(), headers: ["Content-Type": "application/json; charset=utf-8"],
            body: .bytes(Self.body(notice, isRepeated: isRepeated, now: now())), timeouts: timeouts,
            maxResponseBytes: 64 * 1024)
        do throws(HTTPError) {
            let answer = try await http.send(request)
            // Only "ok" means that it was taken; a proxy may answer 200 with a page of its own.
            if answer.status == 200, String(decoding: answer.body, as: UTF8.self) != "ok" {
                return .later(nil, problem: "answer_not_ok")
            }
            return WebAnswer.delivery(answer)
        } catch { return WebAnswer.delivery(error) }
    }

    static func body(_ notice: AlertNotice, isRepeated: Bool, now: Date) -> [UInt8] {
        let text = NoticeText(notice: notice, now: now)
        let headline = "\(symbol(notice)) \(text.headline)"
        var blocks: [Contracts.JSONValue] = [
            [
                "type": "header",
                "text": ["type": "plain_text", "text": .string(headline.limited(to: 150)), "emoji": true],
            ]
        ]
        var room = Self.factsTotal
        let facts = text.facts.map { "*\(escaped($0.name))*\n\(escaped($0.value))".limited(to: 2000) }.prefix {
            room -= $0.utf16.count
            return room >= 0
        }
        for start in stride(from: 0, to: min(facts.count, 30), by: 10) {
            let fields = facts[start..<min(start + 10, facts.count)].map { Contracts.JSONValue.string($0) }
            blocks.append([
                "type": "section", "fields": .array(fields.map { ["type": "mrkdwn", "text": $0] }),
            ])
        }
        if let advice = text.advice {
            blocks.append([
                "type": "section", "text": ["type": "mrkdwn", "text": .string(escaped(advice).limited(to: 3000))],
            ])
        }
        if isRepeated {
            blocks.append([
                "type": "context",
                "elements": [
                    ["type": "mrkdwn", "text": "Sent again: the first attempt got no answer and may have arrived."]
                ],
            ])
        }
        let message: Contracts.JSONValue = [
            "text": .string(escaped(headline).limited(to: 3000)), "blocks": .array(blocks),
        ]
        return Array(message.text.utf8)
    }

    /// The three characters that are markup in Slack's text (`<!channel>` would wake everybody).
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static func symbol(_ notice: AlertNotice) -> String {
        switch (notice.kind, notice.severity) {
        case (.resolved, _): ":white_check_mark:"
        case (.acknowledged, _): ":eyes:"
        case (_, .warning): ":warning:"
        case (_, .critical): ":rotating_light:"
        case (_, .compliance): ":scales:"
        }
    }
}
