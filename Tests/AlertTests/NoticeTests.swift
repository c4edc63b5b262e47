import Contracts
import Foundation
import Privacy
import Testing

@testable import Alerts
@testable import HTTPTransport
@testable import Notifiers

@Suite struct NoticeTests {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func notice(
        _ kind: AlertNotice.Kind = .opened, severity: AlertSeverity = .critical, subject: String? = "repazoo.ingest",
        user: UserID? = nil, detail: [String: Contracts.JSONValue] = [:], title: String = "Nobody works"
    ) -> AlertNotice {
        let rule = AlertRule(
            name: "consumers_missing", measure: .consumersMissing, severity: severity, threshold: 0, title: title,
            advice: "Start <it> & look")
        return AlertNotice(
            kind, Alert(rule: rule, subject: subject, userID: user, value: 1, detail: detail, at: now), rule: rule)
    }

    @Test func itSurvivesItsRow() {
        for kind in AlertNotice.Kind.allCases {
            let notice = Self.notice(kind, severity: .compliance, detail: ["queue": "repazoo.ingest", "n": 3])
            #expect(AlertNotice(json: notice.json) == notice)
        }
        #expect(AlertNotice(json: [:]) == nil)
        #expect(AlertNotice(json: ["kind": "opened", "alert_id": 3]) == nil)
    }

    /// A user, an address, a token: nothing of it stands in what people are told.
    @Test func nothingPersonalIsTold() throws {
        let user = try #require(UserID("user-canary-123456"))
        let notice = Self.notice(
            subject: "repazoo-ingest user-canary-123456", user: user,
            detail: [
                "mail": "canary@example.org", "access_token": "canary-token-value", "text": "call +44 20 7946 0958",
                "escape": "\u{1B}[31m\u{202E}",
            ])
        let slack = String(decoding: SlackNotifier.body(notice, isRepeated: true, now: Self.now), as: UTF8.self)
        let pager = String(
            decoding: PagerDutyNotifier.body(notice, routingKey: "k", now: Self.now), as: UTF8.self)
        let mail = MailNotifier.mail(notice, from: "a@example.org", to: ["b@example.org"], now: Self.now)
        for text in [
            slack, pager, mail.subject, mail.text, mail.html ?? "", Contracts.JSONValue.object(notice.json).text,
        ] {
            for canary in ["canary-123456", "canary@example.org", "canary-token-value", "7946", "\u{1B}", "\u{202E}"] {
                #expect(!text.contains(canary), "\(canary)")
            }
        }
        #expect(slack.contains("***3456"))
    }

    @Test func slackIsEscapedAndKeepsItsLimits() throws {
        let notice = Self.notice(
            subject: "<!channel> & <https://evil.example|click>",
            detail: Dictionary(
                uniqueKeysWithValues: (0..<100).map { ("fact\($0)", .string(String(repeating: "<", count: 5000))) }),
            title: String(repeating: "long ", count: 100))
        let bytes = SlackNotifier.body(notice, isRepeated: false, now: Self.now)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("<!channel>") && !text.contains("<https"))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let blocks = try #require(json["blocks"] as? [[String: Any]])
        #expect(blocks.count <= 50)
        for block in blocks {
            if let text = block["text"] as? [String: Any] {
                let limit = block["type"] as? String == "header" ? 150 : 3000
                #expect(((text["text"] as? String) ?? "").utf16.count <= limit)
            }
            let fields = block["fields"] as? [[String: Any]] ?? []
            #expect(fields.count <= 10)
            for field in fields { #expect(((field["text"] as? String) ?? "").utf16.count <= 2000) }
        }
        #expect(text.utf16.count < 13_000)
    }

    @Test func pagerDutyGetsTheSameKeyForAllOfAnAlert() throws {
        func event(_ notice: AlertNotice) throws -> [String: Any] {
            let bytes = PagerDutyNotifier.body(notice, routingKey: "0123456789abcdef0123456789abcdef", now: Self.now)
            return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        }
        let actions = try AlertNotice.Kind.allCases.map { try event(Self.notice($0))["event_action"] as? String }
        #expect(actions == ["trigger", "trigger", "acknowledge", "resolve", "trigger"])
        let keys = try Set(AlertNotice.Kind.allCases.map { try event(Self.notice($0))["dedup_key"] as? String })
        #expect(keys.count == 1)
        let other = try event(Self.notice(subject: "repazoo.analyze"))
        #expect(!keys.contains(other["dedup_key"] as? String))
        let long = try event(Self.notice(title: String(repeating: "ü", count: 3000)))
        let payload = try #require(long["payload"] as? [String: Any])
        #expect(((payload["summary"] as? String) ?? "").utf16.count <= 1024)
    }

    @Test func aMailCannotBeGivenHeaders() throws {
        let notice = Self.notice(subject: "x\r\nBcc: everybody@example.org\r\n\r\n<script>", title: "a\nSubject: b")
        let mail = MailNotifier.mail(notice, from: "Repazoo <a@example.org>", to: ["b@example.org"], now: Self.now)
        let bytes = try mail.rendered().bytes
        let text = String(decoding: bytes, as: UTF8.self)
        let head = text.components(separatedBy: "\r\n\r\n")[0]
        #expect(!head.contains("\nBcc:") && !head.contains("\nSubject: b"))
        #expect(mail.html?.contains("&lt;script&gt;") == true && mail.html?.contains("<script") == false)
        #expect(mail.messageID.hasSuffix("@example.org"))
        // The same for a repeated attempt, another for the next kind.
        #expect(
            MailNotifier.mail(notice, from: "a@example.org", to: [], now: Date()).messageID.hasPrefix(
                "\(notice.alertID).1.opened"))
    }
}
