public import Alerts
import Contracts
public import FoundationEssentials
public import HTTPTransport
public import Privacy

/// PagerDuty by its Events API v2 (https://developer.pagerduty.com/docs/events-api-v2/overview/).
///
/// The deduplication key is made of the alert's fingerprint: a repeated trigger adds to the open incident, and acknowledge and
/// resolve find it. So an event that is sent twice changes nothing.
public struct PagerDutyNotifier: Notifier {
    public static let defaultBaseURL = "https://events.pagerduty.com"

    public let channel = AlertChannel.pagerduty
    private let routingKey: SecretString
    private let url: String
    private let http: HTTPClient
    private let timeouts: HTTPTimeouts
    private let now: @Sendable () -> Date

    public init(
        routingKey: SecretString, baseURL: String = defaultBaseURL, http: HTTPClient, timeouts: HTTPTimeouts,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.routingKey = routingKey
        url = baseURL + "/v2/enqueue"
        self.http = http
        self.timeouts = timeouts
        self.now = now
    }

    public func send(_ notice: AlertNotice, isRepeated: Bool) async -> SendOutcome {
        let body = Self.body(notice, routingKey: routingKey, now: now())
        let request = HTTPRequest(
            .post, url, headers: ["Content-Type": "application/json"], body: .bytes(body), timeouts: timeouts,
            maxResponseBytes: 64 * 1024)
        do throws(HTTPError) {
            let answer = try await http.send(request)
            return answer.status == 202 || !(200..<300).contains(answer.status)
                ? WebAnswer.delivery(answer) : .later(nil, problem: "answer_not_202")
        } catch { return WebAnswer.delivery(error) }
    }

    static func body(_ notice: AlertNotice, routingKey: SecretString, now: Date) -> [UInt8] {
        var event: [String: Contracts.JSONValue] = [
            "routing_key": .string(routingKey.reveal()), "event_action": .string(action(notice.kind)),
            "dedup_key": .string("repazoo-" + notice.fingerprint), "client": "repazoo",
        ]
        if notice.kind != .acknowledged, notice.kind != .resolved {
            let text = NoticeText(notice: notice, now: now)
            var details: [String: Contracts.JSONValue] = [:]
            for fact in text.facts { details[fact.name] = .string(fact.value.limited(to: 1000)) }
            if let advice = text.advice { details["What to do"] = .string(advice) }
            event["payload"] = [
                "summary": .string(text.headline.limited(to: 1024)), "source": "repazoo-alert",
                "severity": notice.severity == .warning ? "warning" : "critical",
                "timestamp": .string(RFC3339.text(notice.lastSeenAt)),
                "component": .string(notice.subject ?? notice.rule),
                "class": .string(notice.rule), "group": .string(notice.severity.rawValue),
                "custom_details": .object(details),
            ]
        }
        return Array(Contracts.JSONValue.object(event).text.utf8)
    }

    private static func action(_ kind: AlertNotice.Kind) -> String {
        switch kind {
        case .opened, .reopened, .reminder: "trigger"
        case .acknowledged: "acknowledge"
        case .resolved: "resolve"
        }
    }
}
