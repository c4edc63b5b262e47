import Alerts
import Bootstrap
import HTTPTransport
import Notifiers
import Privacy

/// The rules, and where notices go.
struct AlertingSettings: Sendable {
    var rules: AlertRules?
    var mail: (server: SMTPServer, from: String, to: [String])?
    var slack: SecretString?
    var pagerDuty: (key: SecretString, url: String)?

    static let variables: [(name: String, meaning: String)] = [
        ("SMTP_URL", "smtps://user:password@host:465 or smtp://…:587; mail is off without it"),
        ("ALERT_EMAIL_FROM, _TO", "sender; recipients, separated by commas"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/…; Slack is off without it"),
        ("PAGERDUTY_ROUTING_KEY", "key of an Events API v2 integration; PagerDuty is off without it"),
        ("PAGERDUTY_API_URL", PagerDutyNotifier.defaultBaseURL),
        ("ALERT_RULES_FILE", "another topology/alerts.json than the one built in"),
        ("ALERT_<RULE>_THRESHOLD", "overrides a rule's threshold, ALERT_<RULE>_WINDOW its window"),
        ("ALERT_WATCH_EVERY", "how often silence and outages are looked for (30s)"),
        ("ALERT_CHANNEL_TIMEOUT", "how long a channel may take for one notification (20s)"),
    ]

    let watchEvery: Duration
    let timeouts: HTTPTimeouts

    init(reading reader: inout SettingsReader) {
        rules = reader.alertRules()
        watchEvery = reader.duration("ALERT_WATCH_EVERY", default: .seconds(30))
        let limit = reader.duration("ALERT_CHANNEL_TIMEOUT", default: .seconds(20))
        // A sender that is silent for longer than it may hold its channel is taken for dead, and another sends the same.
        if !(Duration.milliseconds(100)...(.seconds(45))).contains(limit) {
            reader.fault("ALERT_CHANNEL_TIMEOUT", "must be from 100ms to 45s")
        }
        timeouts = .notification(within: limit)
        mail = Self.mail(&reader)
        slack = Self.webhook(&reader)
        if let key = reader.text("PAGERDUTY_ROUTING_KEY") {
            let isSane = key.utf8.count <= 255 && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            if !isSane { reader.fault("PAGERDUTY_ROUTING_KEY", "is no integration key (32 letters and digits)") }
            let url = reader.baseURL("PAGERDUTY_API_URL", default: PagerDutyNotifier.defaultBaseURL)
            pagerDuty = (SecretString(key), url)
        }
    }

    func notifiers(_ http: HTTPClient) -> [any Notifier] {
        var notifiers: [any Notifier] = []
        if let mail { notifiers.append(MailNotifier(server: mail.server, from: mail.from, to: mail.to, http: http)) }
        if let slack { notifiers.append(SlackNotifier(webhook: slack, http: http, timeouts: timeouts)) }
        if let pagerDuty {
            notifiers.append(
                PagerDutyNotifier(
                    routingKey: pagerDuty.key, baseURL: pagerDuty.url, http: http, timeouts: timeouts))
        }
        return notifiers
    }

    private static func mail(_ reader: inout SettingsReader) -> (SMTPServer, String, [String])? {
        guard let url = reader.text("SMTP_URL") else { return nil }
        let from = reader.required("ALERT_EMAIL_FROM", "expected the sender's address, as SMTP_URL is set")
        let to = reader.required("ALERT_EMAIL_TO", "expected the operators' addresses, as SMTP_URL is set")
        let recipients = (to ?? "").split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
        if let from, to != nil, let problem = MailNotifier.fault(from: from, to: recipients) {
            reader.fault("ALERT_EMAIL_FROM, ALERT_EMAIL_TO", problem)
        }
        do throws(HTTPError) {
            let server = try SMTPServer(url: url)
            return from.map { (server, $0, recipients) }
        } catch {
            reader.fault("SMTP_URL", error.reason)
            return nil
        }
    }

    /// The path is the secret, so it may be anything; the rest must be fit to carry a secret.
    private static func webhook(_ reader: inout SettingsReader) -> SecretString? {
        guard let url = reader.text("SLACK_WEBHOOK_URL") else { return nil }
        guard BaseURL(url) != nil else {
            reader.fault(
                "SLACK_WEBHOOK_URL", "must be https://… (http://… on this machine only), without user, ? and #")
            return nil
        }
        return SecretString(url)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
