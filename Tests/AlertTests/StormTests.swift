import AMQP
import Contracts
import EventLoop
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// Ten thousand dead letters in a minute (`make alerts`; three thousand elsewhere, which are counted in several batches, too): few
/// alerts, few notices, nothing personal, memory as before.
@Suite(.timeLimit(.minutes(5)))
struct StormTests {
    private static let letters = ProcessInfo.processInfo.environment["STORM_LETTERS"].flatMap { Int($0) } ?? 3000
    private static let canaries = ["canary.storm@example.org", "canary-storm-token", "Canary Q. Storm", "CANARYSTORM"]

    @Test func tenThousandDeadLetters() async throws {
        let port = try TCPPort.free()
        try await WatchHouse.with(["repazoo-alert"], environment: ["HTTP_PORT": "\(port)", "LOG_LEVEL": "info"]) {
            watch in
            try await eventually("it is at work", within: .seconds(30)) { await self.resident(watch, port) != nil }
            let before = await resident(watch, port) ?? 0
            let start = ContinuousClock.now
            try await bury(watch)
            let published = ContinuousClock.now - start
            var peak = before
            try await eventually("all are stored and counted", within: .seconds(180)) {
                peak = max(peak, await self.resident(watch, port) ?? 0)
                return try await watch.house.number("select count(*) from dead_letters where alert_id is not null")
                    == Self.letters
            }
            let elapsed = ContinuousClock.now - start
            try await watch.hears("slack", "dead_letters repazoo.ingest attempts_exhausted network")
            try await watch.hears("smtp", "dead_letters_crash_loop")
            try await watch.hears("pagerduty", "prompt_validation")
            try await eventually("nothing waits") {
                try await watch.house.number("select count(*) from alert_outbox where status <> 'sent'") == 0
            }
            let alerts = try await watch.house.number("select count(*) from alerts")
            let counted = try await watch.house.number("select sum(count)::int from alerts")
            let told = try await ["slack", "smtp", "pagerduty"].asyncMap { try await watch.told($0).count }
            let after = await resident(watch, port) ?? 0
            print(
                "storm: \(Self.letters) dead letters published in \(published), stored and counted after \(elapsed): \(alerts) alerts, "
                    + "\(told) notices (Slack, mail, PagerDuty), resident \(before >> 20) MiB before, \(peak >> 20) at most, \(after >> 20) after"
            )
            #expect(alerts == 6)
            #expect(counted == Self.letters)
            #expect(told.reduce(0, +) == 6)
            #expect(peak < before + 48 << 20)
            try await nothingPersonal(watch)
        }
    }

    /// Five causes, and one letter of a prompt that was stopped; each holds canaries where a careless publisher may put them.
    private func bury(_ watch: WatchHouse) async throws {
        let causes = [
            ("attempts_exhausted", "network"), ("attempts_exhausted", "timeout"),
            ("permanent_failure", "provider_rejected"),
            ("invalid_message", "field user_id, expected a string"), ("crash_loop", "delivery_limit"),
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<200 {
                group.addTask(executorPreference: EventLoop.shared) {
                    for number in stride(from: lane, to: Self.letters, by: 200) {
                        let (reason, code) =
                            number == 1711 ? ("permanent_failure", "privacy_check") : causes[number % 5]
                        var properties = AMQPProperties()
                        properties.messageID = MessageID.random().rawValue
                        properties.type = "repazoo.ingest.v1"
                        properties.deliveryMode = 2
                        properties.correlationID = Self.canaries[0]
                        properties.headers = [
                            "repazoo-reason": .string(reason), "repazoo-code": .string(code),
                            "authorization": .string("Bearer \(Self.canaries[1])"),
                        ]
                        let body =
                            #"{"user_id":"user-\#(number)","email":"\#(Self.canaries[0])","name":"\#(Self.canaries[2])"}"#
                        try await watch.house.publisher.publish(
                            Publication(
                                exchange: "repazoo.dead", routingKey: "repazoo.ingest", properties: properties,
                                body: Array(body.utf8)), patience: .seconds(120))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func nothingPersonal(_ watch: WatchHouse) async throws {
        var texts = watch.house.programs.map { $0.text() }
        for provider in ["slack", "smtp", "pagerduty"] {
            texts += try await watch.told(provider).map(WatchHouse.unfolded)
        }
        for table in ["alerts", "alert_outbox", "dead_letters"] {
            texts += try await watch.house.postgres.query(
                "select row_to_json(t)::text as row from \(identifier: table) as t limit 20000"
            ).map { try $0.decode(String.self, "row") }
        }
        let all = texts.joined(separator: "\n")
        for canary in Self.canaries + ["canarywebhook", WatchHouse.routingKey] {
            #expect(!all.contains(canary), "\(canary)")
        }
    }

    /// Bytes, from the program's own metrics.
    private func resident(_ watch: WatchHouse, _ port: Int) async -> Int? {
        guard let answer = try? await watch.house.http.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/metrics"))
        else {
            return nil
        }
        let line = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("process_resident_memory_bytes ")
        }
        return line.flatMap { Double($0.split(separator: " ")[1]) }.map { Int($0) }
    }
}

extension Array {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
