import Contracts
public import Postgres

extension AlertNotice {
    /// Puts the notice into the outboxes of these channels, once for each episode and kind however often it is put.
    ///
    /// What comes back within a channel's quiet period is told at its end; what is over again before that is not told at all,
    /// neither that it came back nor that it is over.
    public func posting(to channels: [AlertChannel], quiet: (AlertChannel) -> Duration) -> [SQL] {
        channels.map { channel in
            switch kind {
            case .reopened: posting(to: channel, quiet: quiet(channel) / .seconds(1))
            case .resolved: postingUnlessFolded(to: channel)
            case .opened, .acknowledged, .reminder: posting(to: channel, quiet: 0)
            }
        }
    }

    private var text: JSONText { JSONText(rawValue: JSONValue.object(json).text) }

    private func posting(to channel: AlertChannel, quiet: Double) -> SQL {
        SQL(
            """
            insert into alert_outbox (channel, alert_id, episode, kind, number, notice, not_before)
            values (\(channel), \(alertID), \(episode), \(kind.rawValue), \(number), \(text)::jsonb,
                    greatest(now(), (
                        select max(settled_at) + make_interval(secs => \(quiet)) from alert_outbox
                        where alert_id = \(alertID) and channel = \(channel) and status = 'sent')))
            on conflict on constraint alert_outbox_once do nothing
            """
        ).named("notice_post")
    }

    private func postingUnlessFolded(to channel: AlertChannel) -> SQL {
        SQL(
            """
            with folded as (
                update alert_outbox set status = 'folded', settled_at = now()
                where alert_id = \(alertID) and episode = \(episode) and channel = \(channel) and kind = 'reopened'
                  and status = 'pending' and attempts = 0 and not_before > now()
                returning id)
            insert into alert_outbox (channel, alert_id, episode, kind, number, notice)
            select \(channel)::text, \(alertID)::text, \(episode)::int, \(kind.rawValue)::text, \(number)::int, \(text)::jsonb
            where not exists (select from folded)
            on conflict on constraint alert_outbox_once do nothing
            """
        ).named("notice_post_end")
    }
}
