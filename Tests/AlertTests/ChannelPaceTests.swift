import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// How fast a channel is told, how soon again, and how long it may take.
@Suite(.timeLimit(.minutes(2)))
struct ChannelPaceTests {
    /// Half a second between two notices, however many wait, and however many senders there are.
    @Test func theRateIsKept() async throws {
        var pace = WatchHouse.Pace()
        pace.perMinute = 120
        try await WatchHouse.with(["repazoo-alert", "repazoo-alert"], pace: pace) { watch in
            for number in 10..<15 { try await watch.raise("drill", "warning", "subject-\(number)") }
            try await watch.delivered("slack", 5)
            let gaps = try await watch.house.postgres.query(
                """
                select extract(epoch from settled_at - lag(settled_at) over (order by settled_at))::float8 as gap
                from alert_outbox where channel = 'slack' order by settled_at offset 1
                """
            ).map { try $0.decode(Double.self, "gap") }
            #expect(gaps.count == 4 && gaps.allSatisfy { $0 >= 0.5 }, "\(gaps)")
        }
    }

    /// What comes back soon is told at the end of the quiet period; what is over again before it, not at all.
    @Test func theQuietPeriodIsKept() async throws {
        var pace = WatchHouse.Pace()
        pace.quiet = "3s"
        try await WatchHouse.with(["repazoo-alert"], pace: pace) { watch in
            func rows(_ status: String) async throws -> String {
                try await watch.house.postgres.query(
                    """
                    select coalesce(string_agg(kind || ' ' || episode, ', ' order by id), '') as rows from alert_outbox
                    where channel = 'slack' and status = \(status)
                    """)[0].decode(String.self, "rows")
            }
            try await watch.raise("drill", "warning", "subject-10")
            try await watch.hears("slack", "subject-10")
            try await watch.raise("drill", "warning", "subject-10", isOver: true)
            try await watch.hears("slack", "subject-10", "RESOLVED")
            try await watch.raise("drill", "warning", "subject-10")
            try await eventually("it waits") { try await rows("pending") == "reopened 2" }
            try await watch.raise("drill", "warning", "subject-10", isOver: true)
            try await eventually("it is not told") { try await rows("folded") == "reopened 2" }
            #expect(try await rows("sent") == "opened 1, resolved 1")

            try await watch.raise("drill", "warning", "subject-10")
            try await eventually("it is told at last") {
                try await rows("sent") == "opened 1, resolved 1, reopened 3"
            }
            let silence = try await watch.house.postgres.query(
                """
                select extract(epoch from max(settled_at) - (select settled_at from alert_outbox
                    where channel = 'slack' and kind = 'resolved'))::float8 as silence
                from alert_outbox where channel = 'slack' and status = 'sent'
                """)[0].decode(Double.self, "silence")
            #expect((3..<8).contains(silence), "\(silence)")
            #expect(try await watch.told("slack").count == 3)
        }
    }

    /// Each channel answers too late: the notice is sent again, and is known to be the same where the channel can know it.
    @Test func aChannelThatTakesTooLongIsToldAgain() async throws {
        try await WatchHouse.with(["repazoo-alert"], environment: ["ALERT_CHANNEL_TIMEOUT": "500ms"]) { watch in
            try await watch.house.setFaults("slack:slow=1500ms,pagerduty:slow=1500ms,smtp:slow=1500ms")
            let channels = [("warning", "slack"), ("critical", "email"), ("compliance", "pagerduty")]
            for (severity, _) in channels { try await watch.raise("drill", severity, "subject-10 \(severity)") }
            try await eventually("each ran into its time-out", within: .seconds(20)) {
                try await watch.house.number(
                    "select count(*) from alert_outbox where problem = 'timeout' and status = 'pending'") == 3
            }
            try await watch.house.setFaults(nil)
            for (_, channel) in channels { try await watch.delivered(channel, 1) }
            try await watch.hears("slack", "subject-10", "Sent again")
            let mails = try await watch.told("smtp").map(WatchHouse.unfolded)
            let ids = mails.compactMap { $0.firstMatch(of: /Message-ID: <([^>]+)>/)?.output.1 }
            #expect(Set(ids).count == 1)
            let answer = try await watch.house.http.send(
                HTTPRequest(.get, watch.house.sandboxURL + "/sandbox/pagerduty"))
            #expect(try (JSONSerialization.jsonObject(with: Data(answer.body)) as? [Any])?.count == 1)
        }
    }
}
