import AMQP
import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// Channels that fail in every way: what they could not take comes later, in order, once.
@Suite(.timeLimit(.minutes(5)))
struct ChannelTests {
    private func posted(_ watch: WatchHouse, _ channel: String, _ count: Int) async throws {
        try await eventually("\(count) notices wait for \(channel)", within: .seconds(30)) {
            try await watch.house.number("select count(*) from alert_outbox where channel = \(channel)") == count
        }
    }

    /// The subjects in the order of the outbox, and in the order in which the channel took them.
    private func order(_ watch: WatchHouse, _ channel: String, _ provider: String) async throws -> ([String], [String])
    {
        let rows = try await watch.house.postgres.query(
            "select notice->>'subject' as subject from alert_outbox where channel = \(channel) order by id")
        let posted = try rows.map { try $0.decode(String.self, "subject") }
        let told = try await watch.told(provider).compactMap { text -> String? in
            let plain = provider == "smtp" ? WatchHouse.unfolded(text) : text
            return plain.firstMatch(of: /subject-\d\d/).map { String($0.output) }
        }
        return (posted, told)
    }

    /// Slack answers 500, then limits the rate; the program is killed in the middle, two copies take over.
    @Test func slackAfterAnOutage() async throws {
        try await WatchHouse.with(["repazoo-alert"]) { watch in
            let first = watch.house.programs[0]
            try await watch.house.setFaults("slack:500")
            for number in 10..<24 {
                try await watch.raise("drill", "warning", "subject-\(number)")
                try await posted(watch, "slack", number - 9)
            }
            try await eventually("it was tried") { try await !watch.told("slack", status: 500...500).isEmpty }
            try await first.kill()
            try watch.start("repazoo-alert")
            try watch.start("repazoo-alert")
            try await watch.house.setFaults(nil)
            // The killed one may have held the channel.
            try await watch.house.postgres.query("update alert_channels set held_until = now()")
            try await watch.delivered("slack", 14)
            let (posted, told) = try await order(watch, "slack", "slack")
            #expect(told == posted)
            #expect(Set(told).count == 14)
        }
    }

    @Test func pagerDutyAndMailUnderEveryFault() async throws {
        try await WatchHouse.with(["repazoo-alert"]) { watch in
            // Every second call fails; some answers are cut off after the call was carried out.
            try await watch.house.setFaults(
                "pagerduty:429=1s@2,pagerduty:503@3,pagerduty:truncate@5,pagerduty:garbage@7,smtp:451@2,smtp:421@3")
            for number in 10..<14 {
                try await watch.raise("drill", "compliance", "subject-\(number)")
                try await watch.raise("drill", "critical", "subject-\(number + 50)")
                // One after the other: what is committed side by side has no order that could be kept.
                try await posted(watch, "pagerduty", number - 9)
                try await posted(watch, "email", number - 9)
            }
            try await watch.delivered("pagerduty", 4)
            try await watch.delivered("email", 4)
            // One incident each, however often it was sent.
            let answer = try await watch.house.http.send(
                HTTPRequest(.get, watch.house.sandboxURL + "/sandbox/pagerduty"))
            let incidents = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]] ?? []
            #expect(incidents.count == 4)
            #expect(incidents.allSatisfy { $0["status"] as? String == "triggered" })
            let (posted, told) = try await order(watch, "email", "smtp")
            #expect(told == posted)
            let ids = try await watch.told("smtp").compactMap { $0.firstMatch(of: /Message-ID: <([^>]+)>/)?.output.1 }
            #expect(Set(ids).count == 4)
        }
    }

    /// What a channel refuses for good is told by another.
    @Test func aRefusedNoticeGoesToAnotherChannel() async throws {
        try await WatchHouse.with(["repazoo-alert"]) { watch in
            try await watch.house.setFaults("slack:404")
            try await watch.raise("drill", "warning", "subject-10")
            try await watch.hears("smtp", "subject-10", "WARNING")
            #expect(
                try await watch.house.number(
                    "select count(*) from alert_outbox where status = 'refused' and channel = 'slack'") == 1)
        }
    }

    /// Whoever raises it a hundred times opens it once; with a new subject each time at most fifty-one. Of letters that died of something
    /// else each time, twenty-one.
    @Test func strangersCannotMakeManyAlerts() async throws {
        try await WatchHouse.with(["repazoo-alert"]) { watch in
            for number in 0..<130 {
                try await watch.raise("drill", "critical", "subject-\(number) canary@example.org")
            }
            for _ in 0..<20 { try await watch.raise("same", "critical", "subject-01") }
            try await eventually("all are counted", within: .seconds(60)) {
                try await watch.house.number("select coalesce(sum(count), 0)::int from alerts") == 150
            }
            let distinct = try await watch.house.number("select count(*) from alerts where rule = 'drill'")
            // Those that came at the same time did not see each other yet.
            #expect((51...70).contains(distinct))
            #expect(try await watch.house.number("select count(*) from alerts where rule = 'same'") == 1)
            #expect(try await watch.house.number("select count(*) from alerts where subject like '%canary@%'") == 0)

            for number in 10..<40 { try await watch.bury("attempts_exhausted", "kind_\(number)") }
            try await eventually("all letters are counted", within: .seconds(30)) {
                try await watch.house.number("select count(*) from dead_letters where alert_id is not null") == 30
            }
            let alerts = try await watch.house.postgres.query(
                """
                select count(*) as alerts, sum(count) filter (where subject like '% other')::bigint as others from alerts
                where rule = 'dead_letters' and starts_with(subject, 'repazoo.ingest attempts_exhausted ')
                """)[0]
            #expect(try alerts.decode(Int.self, "alerts") == 21)
            #expect(try alerts.decode(Int.self, "others") == 10)
        }
    }

    /// Nobody publishes ticks: repazoo-alert notices by itself. When they come again, it is over.
    @Test func aSilentMonitorIsNoticed() async throws {
        try await WatchHouse.with(["repazoo-alert"], environment: ["ALERT_MONITOR_SILENT_THRESHOLD": "1"]) { watch in
            try await watch.hears("smtp", "monitor_silent", "CRITICAL")
            try watch.start("repazoo-monitor")
            try await watch.look()
            try await watch.hears("smtp", "monitor_silent", "RESOLVED")
            try await watch.printRules()
        }
    }

    /// While the database is away, nothing can be stored; people hear of it all the same, and the alert is there afterwards. Of the
    /// broker, too.
    @Test func aDatabaseThatIsAwayIsToldWithoutIt() async throws {
        try await PrivateServers.with([.postgres]) { servers in
            let shared = try SharedServers()
            let addresses = House.Addresses(
                amqp: try await shared.newVirtualHost(), database: try servers.databaseURL, redis: shared.redisURL)
            let wire = try FaultyWire(before: addresses.amqp)
            defer { wire.end() }
            let environment = ["ALERT_SERVER_AWAY_THRESHOLD": "1", "AMQP_URL": wire.url(addresses.amqp)]
            try await WatchHouse.with(["repazoo-alert"], environment: environment, addresses: addresses) { watch in
                try await eventually("it is at work", within: .seconds(30)) {
                    watch.house.programs.allSatisfy { $0.text().contains("consuming dead letters") }
                }
                try await servers.kill(.postgres)
                for _ in 0..<40 { try await watch.bury("attempts_exhausted", "network") }
                try await watch.hears("smtp", "server_away postgres", "CRITICAL")
                try await servers.start(.postgres)
                try await watch.hears("smtp", "server_away postgres", "RESOLVED")
                #expect(try await watch.status("server_away", "postgres") == "resolved")
                try await eventually("the letters of the outage are stored", within: .seconds(30)) {
                    try await watch.house.number("select count(*) from dead_letters") == 40
                }
                // Once each: what was told straight is not told again from the outbox.
                let told = try await watch.told("smtp").map(WatchHouse.unfolded).filter {
                    $0.contains("server_away postgres")
                }
                #expect(told.count == 2)
                wire.tell(.refusing)
                wire.cutAll()
                try await watch.hears("smtp", "server_away rabbitmq", "CRITICAL")
                wire.tell(nil)
                try await watch.hears("smtp", "server_away rabbitmq", "RESOLVED")
                try await watch.printRules()
            }
        }
    }
}
