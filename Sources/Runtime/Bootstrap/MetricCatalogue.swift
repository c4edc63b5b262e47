import Telemetry

/// What the programs' own metrics mean, for the HELP lines of `/metrics`. The types that record them tell their labels.
enum MetricCatalogue {
    static let helps: [String: String] = [
        "repazoo_alerts": "Alerts that are not resolved, as of the last look of this process.",
        "repazoo_circuit_position": "0 closed, 1 probing, 2 open: no messages are taken.",
        "repazoo_database_connections": "Connections to PostgreSQL that are open, and allowed.",
        "repazoo_database_requests": "Requests running on connections, and waiting for one.",
        "repazoo_dead_letters_total": "Dead letters stored.",
        "repazoo_delay_seconds": "For how long messages are put off.",
        "repazoo_message_seconds": "From a message's receipt to its settlement.",
        "repazoo_messages_held_total": "Attempts cut short by a lost server.",
        "repazoo_messages_in_flight": "Messages taken and not settled.",
        "repazoo_messages_total": "Messages settled.",
        "repazoo_notification_wait_seconds": "From posting a notification to its delivery.",
        "repazoo_notifications_total": "Notifications tried.",
        "repazoo_provider_calls_total": "Calls to providers.",
        "repazoo_provider_reads_total": "Posts read that X charges for.",
        "repazoo_provider_seconds": "One call to a provider.",
        "repazoo_queue_lag_seconds": "From a message's publication to its receipt, to the second.",
        "repazoo_rate_fullness": "How full the app's rate window is, 0 to 1.",
        "repazoo_rate_near_limit_total": "Calls that found their rate window nearly full.",
        "repazoo_rate_put_off_total": "Calls that our own rate windows put off.",
        "repazoo_rate_reports_lost_total": "Answers of providers that Redis was not told of.",
        "repazoo_retention_batch_seconds": "One batch of deletions.",
        "repazoo_retention_rows_total": "Rows that retention deleted or marked.",
        "repazoo_rules_unknown": "Rules that could not be measured at the last look.",
        "repazoo_scheduler_leading": "1 for the scheduler that publishes ticks.",
        "repazoo_spans_total": "Spans of traces, by what became of them.",
        "repazoo_tick_late_seconds": "How late ticks are published.",
        "repazoo_ticks_total": "Ticks published.",
    ]

    static func describe(in registry: PrometheusRegistry) {
        for (name, help) in helps { registry.describe(name, help) }
    }
}
