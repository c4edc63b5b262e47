import AMQP
import Alerts
import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit

/// A house with monitor and alert consumer, whose notifications end in the sandbox.
struct WatchHouse: Sendable {
    static let routingKey = "0123456789abcdef0123456789abcdef"

    let house: House
    let mailURL: String
    private let rules: String

    /// - Parameters:
    ///   - consumers: Started with the house.
    ///   - environment: Beside what every one of them gets.
    ///   - pace: What each channel may take, and after what time it is told again.
    static func with(
        _ consumers: [String] = ["repazoo-monitor", "repazoo-alert"], environment: [String: String] = [:],
        pace: Pace = Pace(), addresses: House.Addresses? = nil, _ body: (WatchHouse) async throws -> Void
    ) async throws {
        var plan = House.Plan()
        plan.consumers = []
        plan.addresses = addresses
        try await House.with(plan) { house in
            let answer = try await house.http.send(HTTPRequest(.get, house.sandboxURL + "/sandbox/mail"))
            let json = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
            let watch = WatchHouse(house: house, mailURL: json?["url"] as? String ?? "", rules: try pace.rules())
            for name in consumers { try watch.start(name, environment) }
            try await body(watch)
        }
    }

    @discardableResult
    func start(_ name: String, _ environment: [String: String] = [:]) throws -> Program {
        try house.start(name, [], channels.merging(environment) { $1 })
    }

    /// Of every channel; by itself so quick that no test waits for it.
    struct Pace {
        var perMinute = 6000
        var quiet = "0s"

        /// The rules that are built in, with this pace.
        func rules() throws -> String {
            var rules = try JSONSerialization.jsonObject(with: Data(AlertRules.currentJSON)) as? [String: Any] ?? [:]
            let limits: [String: Any] = ["per_minute": perMinute, "quiet": quiet]
            rules["channels"] = ["email": limits, "slack": limits, "pagerduty": limits]
            return String(decoding: try JSONSerialization.data(withJSONObject: rules), as: UTF8.self)
        }
    }

    private var channels: [String: String] {
        [
            "ALERT_RULES": rules,
            "SMTP_URL": mailURL + "?starttls=off", "ALERT_EMAIL_FROM": "Repazoo <alerts@example.org>",
            "ALERT_EMAIL_TO": "ops@example.org",
            "SLACK_WEBHOOK_URL": house.sandboxURL + "/slack/services/T0/B0/canarywebhook",
            "PAGERDUTY_ROUTING_KEY": Self.routingKey, "PAGERDUTY_API_URL": house.sandboxURL + "/pagerduty",
            // Each look wakes the senders, too: a channel whose rest a test has cut short is asked at once.
            "ALERT_WATCH_EVERY": "200ms",
        ]
    }

    // MARK: Ticks

    /// One look of the monitor, from the tick to its receipt.
    func look(_ slot: Date = Date(), schedule: String = uniqueName("monitor")) async throws {
        let id = MessageID.random()
        var properties = AMQPProperties()
        properties.messageID = id.rawValue
        properties.type = MessageType.tick.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        try await house.publisher.publish(
            Publication(
                exchange: ExchangeName.ticks.rawValue, routingKey: RoutingKey.monitor.rawValue, properties: properties,
                body: Tick(schedule: schedule, slot: slot).encode()))
        _ = try await house.outcome(of: id, at: .monitor)
    }

    // MARK: What came

    struct Told: Equatable, Sendable {
        let provider: String
        let text: String
    }

    /// Everything that the channels took (or refused), oldest first.
    func told(_ provider: String, status: ClosedRange<Int> = 200...299) async throws -> [String] {
        let answer = try await house.http.send(
            HTTPRequest(.get, house.sandboxURL + "/sandbox/log?provider=\(provider)"))
        let entries = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]] ?? []
        return entries.compactMap { entry in
            guard let code = entry["status"] as? Int, status.contains(code) else { return nil }
            return entry["body"] as? String
        }
    }

    /// Waits until a channel was told of something that holds all these words.
    func hears(_ provider: String, _ words: String..., within limit: Duration = .seconds(60)) async throws {
        try await eventually("\(provider) is told of \(words)", within: limit) {
            try await told(provider).contains { text in
                let plain = provider == "smtp" ? Self.unfolded(text) : text
                return words.allSatisfy(plain.contains)
            }
        }
    }

    /// A quoted-printable mail as it reads; enough for ASCII.
    static func unfolded(_ mail: String) -> String {
        mail.replacingOccurrences(of: "=\r\n", with: "").replacingOccurrences(of: "=3D", with: "=")
    }

    func status(_ rule: String, _ subject: String? = nil) async throws -> String? {
        let statement = SQL(
            """
            select status from alerts where rule = \(rule) and (\(subject)::text is null or subject = \(subject)::text)
            order by last_seen_at desc limit 1
            """)
        return try await house.postgres.query(statement).first?.decode(String.self, "status")
    }

    /// Looks again and again until a rule has this status.
    func looks(until rule: String, _ subject: String? = nil, is status: String) async throws {
        try await eventually("\(rule) is \(status)", within: .seconds(30)) {
            try await look()
            return try await self.status(rule, subject) == status
        }
    }
}
