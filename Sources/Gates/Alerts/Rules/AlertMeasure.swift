/// What a rule looks at. Each gives a number for each subject; the unit is in the comment.
public enum AlertMeasure: String, CaseIterable, Sendable {
    // MARK: From the audit trail, by user: entries within the window
    case rateLimitViolations = "rate_limit_violations"
    case tokenRefreshFailures = "token_refresh_failures"
    case quotaExceeded = "quota_exceeded"
    case consentFailures = "consent_failures"
    /// Entries, and dead letters with the code `privacy_check`.
    case promptFailures = "prompt_failures"
    /// Chains with entries that do not fit.
    case auditFaults = "audit_faults"

    // MARK: From the database
    /// Queries within the window, by program and user.
    case databaseAccess = "database_access"
    /// Queries within the window that pg_stat_statements has seen beyond twice those that we counted.
    case databaseAccessUncounted = "database_access_uncounted"
    /// Dead letters that nobody has settled, by the alert that counts them. `of` narrows it to one reason.
    case deadLetters = "dead_letters"
    /// Requests that will be late at the speed of the last day.
    case exportDeadline = "export_deadline"
    case erasureDeadline = "erasure_deadline"
    /// Seconds since the last tick of the schedule `of` was worked.
    case tickAge = "tick_age"
    /// Share of the connections that are taken, 0…1.
    case databaseConnections = "database_connections"
    /// Seconds that the oldest unsent notification of a channel has waited.
    case notificationsStuck = "notifications_stuck"

    // MARK: From the broker, by queue
    /// Messages.
    case queueDepth = "queue_depth"
    /// Seconds that the oldest message has waited, at most.
    case queueAge = "queue_age"
    /// 1 where there is work and nobody who works.
    case consumersMissing = "consumers_missing"

    // MARK: Health
    /// 1 for a server that does not answer or has an alarm.
    case servers
    /// Share of Redis's memory that is used, 0…1.
    case redisMemory = "redis_memory"
    /// Share of the disk under the exports that is used, 0…1.
    case objectStoreDisk = "object_store_disk"

    // MARK: What repazoo-alert itself looks at, since the monitor cannot
    /// Seconds since the last tick of the monitor.
    case monitorSilence = "monitor_silence"
    /// Seconds for which a server has been out of this program's reach.
    case outage

    /// Whether the monitor looks at it, with each tick.
    public var isTheMonitors: Bool { self != .monitorSilence && self != .outage }

    /// Whether the number is a count over the rule's window.
    public var needsWindow: Bool {
        switch self {
        case .rateLimitViolations, .tokenRefreshFailures, .quotaExceeded, .consentFailures, .promptFailures,
            .auditFaults,
            .databaseAccess, .databaseAccessUncounted:
            true
        default: false
        }
    }
}
