extension ExportCategory {
    // MARK: What was done with it

    static let auditEntries = ExportCategory(
        "audit_entries", "What happened to your data", "Every reading, judging, export and deletion, in order.",
        table: "audit_log", order: "position", newestFirst: "position desc", articles: [.access],
        purposes: ["to prove what was done with your data (GDPR Art. 5(2))"],
        retention: "at least 24 months; the content of its entries goes on erasure",
        source: "made by us",
        omitted: [
            OmittedColumn("user_id", OmittedColumn.same),
            OmittedColumn("salt", "what keeps an entry's commitment from being guessed"),
            OmittedColumn("xact", "the database's own count of its changes"),
        ],
        fields: [
            .always("chain", .integer, "number of your chain of entries"),
            .always("position", .integer, "number of the entry, without gaps"), .always("id", .text, "id of the entry"),
            .always("at", .time, "when"),
            // Programs by name, people by their role (CJEU C-579/21).
            .always(
                "actor", .text, "which program, or that a person of ours did it",
                as: "case when actor ~ '^repazoo-[a-z]+$' then actor else 'staff' end"),
            .always("action", .text, "what"), .always("outcome", .text, "how it ended"),
            .always("detail", .json, "codes, numbers and ids"),
            .always("prev_hash", .text, "hash of the entry before"), .always("hash", .text, "hash of this entry"),
            .always("commitment", .text, "what the hash covers of the detail"),
        ])

    static let usage = ExportCategory(
        "usage", "Use", "How many analyses you had in each month.", table: "usage", order: "period",
        articles: [.access, .portability], purposes: ["to keep to what your subscription holds"],
        retention: "as long as the account exists", source: "counted by us",
        omitted: [OmittedColumn("user_id", OmittedColumn.same)],
        fields: [
            .always("period", .text, "month (UTC)"), .always("used", .integer, "analyses made"),
            .always("quota", .integer, "analyses included"),
        ])

    static let exports = ExportCategory(
        "exports", "Exports", "Your requests for a copy like this one; this one is still pending here.",
        table: "data_exports", order: "requested_at, id", articles: [.access],
        purposes: ["to hand you your data, and to prove that we did"],
        retention:
            "the copy for 24 hours; the record of the request for at least 24 months (CCPA § 7101), or until erasure",
        source: "from you, and counted by us",
        omitted: [
            OmittedColumn("user_id", OmittedColumn.same),
            OmittedColumn("object_key", "where the copy lies in our store"),
            OmittedColumn("object_secret", "the key that the copy is encrypted with"),
            OmittedColumn("claimed_until", "which of our processes is at work"),
            OmittedColumn("requested_by", OmittedColumn.staff),
        ],
        fields: [
            .always("id", .text, "number of the export"),
            .always("status", .text, "state (pending, ready, expired or failed)"),
            .perhaps("message_id", .text, "the request"), .always("requested_at", .time, "when you asked"),
            .perhaps("completed_at", .time, "when it was ready"),
            .perhaps("expires_at", .time, "until when it can be had"),
            .perhaps("objects_deleted_at", .time, "when the copy was deleted"), .perhaps("bytes", .integer, "size"),
            .perhaps("sha256", .text, "digest of the copy"), .always("downloads", .integer, "how often it was fetched"),
            .always("counts", .json, "records of each kind"), .always("attempt", .integer, "tries that it took"),
            .always("resumed", .integer, "how often it had to be started again"),
            .perhaps("failure", .text, "what went wrong last"),
            .perhaps("answer_due_at", .time, "due by GDPR Art. 12"),
            .perhaps("confirm_due_at", .time, "CCPA: to be confirmed by"),
            .perhaps("ccpa_due_at", .time, "CCPA: due"), .perhaps("extended_to", .time, "extended to"),
        ])

    /// Of the receipts' events what says that something was told, and when (migration 0034).
    static let notices = ExportCategory(
        "notices", "Notices",
        "What we announced about you for the product to tell you: refusals, exports, readings and analyses that ended.",
        table: nil, function: "notices_about_user()", order: "at, kind, message_id",
        newestFirst: "at desc, kind, message_id", articles: [.access], purposes: ["to tell you what you must know"],
        retention: "as long as the record of the request, 30 days", source: "made by us",
        fields: [
            .always("at", .time, "when"), .always("kind", .text, "about what"),
            .perhaps("reason", .text, "why, where something was refused"), .always("message_id", .text, "the request"),
        ])

    static let alerts = ExportCategory(
        "alerts", "Alerts about you",
        "Where our monitoring named you as the subject: limits exceeded, failed renewals and the like.",
        table: "alerts", function: "alerts_about_user()", order: "first_seen_at, id",
        newestFirst: "last_seen_at desc, id",
        articles: [.access],
        purposes: ["to notice faults and misuse"], recipients: [.notifiers], retention: "until erasure",
        source: "made by us",
        omitted: [
            OmittedColumn("user_id", OmittedColumn.same), OmittedColumn("fingerprint", "a digest of rule and subject"),
            OmittedColumn("acknowledged_by", OmittedColumn.staff), OmittedColumn("resolved_by", OmittedColumn.staff),
            OmittedColumn("calm", "a counter of the monitor's"), OmittedColumn("version", "a counter of changes"),
        ],
        fields: [
            .always("id", .text, "number of the alert"), .always("rule", .text, "what was noticed"),
            .perhaps("subject", .text, "about what"), .always("severity", .text, "how bad"),
            .always("status", .text, "state (open, acknowledged or resolved)"), .always("count", .integer, "how often"),
            .always("episode", .integer, "which time it came up"), .always("first_seen_at", .time, "first"),
            .always("opened_at", .time, "opened"), .always("last_seen_at", .time, "last"),
            .perhaps("value", .number, "what was measured"), .perhaps("threshold", .number, "what is the limit"),
            .perhaps("acknowledged_at", .time, "seen by us"), .perhaps("resolved_at", .time, "over"),
            .perhaps("aware_at", .time, "GDPR Art. 33: when we became aware"),
            .perhaps("deadline_at", .time, "GDPR Art. 33: to be notified by"),
            .always("reminders", .integer, "reminders of that"), .perhaps("note", .text, "our note"),
            .always("detail", .json, "codes and numbers"),
        ])

    static let requests = ExportCategory(
        "requests", "Requests", "What we were asked to do with your data, and how that ended.", table: "receipts",
        function: "receipts_about_user()", order: "completed_at, consumer, message_id",
        newestFirst: "completed_at desc, consumer, message_id", articles: [.access],
        purposes: ["not to do anything twice", "to follow a request"], retention: "30 days", source: "made by us",
        omitted: [
            OmittedColumn("user_id", OmittedColumn.same), OmittedColumn("asked_by", OmittedColumn.staff),
            OmittedColumn("follow_ups", "the messages sent on, which say the same"),
        ],
        fields: [
            .always("consumer", .text, "what was to be done"), .always("message_id", .text, "the request"),
            .perhaps("correlation_id", .text, "the request that it followed from"),
            .always("outcome", .text, "how it ended"),
            .perhaps("reason", .text, "why"), .perhaps("received_at", .time, "when it came"),
            .always("completed_at", .time, "when it was done"), .perhaps("attempt", .integer, "tries that it took"),
            .perhaps("steps", .text, "how long each step took"),
        ])

    static let holds = ExportCategory(
        "legal_holds", "Legal holds", "Where the law keeps us from deleting your data for a time.",
        table: "legal_holds",
        function: "holds_about_user()", order: "set_at, id", articles: [.access],
        purposes: ["to meet a legal obligation, or for legal claims (GDPR Art. 17(3))"],
        retention: "as evidence, without end",
        source: "made by us",
        omitted: [
            OmittedColumn("user_id", OmittedColumn.same), OmittedColumn("owner", OmittedColumn.staff),
            OmittedColumn("released_by", OmittedColumn.staff),
            OmittedColumn("reason", "may touch the rights of others; ask the controller"),
        ],
        fields: [
            .always("id", .text, "number of the hold"), .always("category", .text, "which data"),
            .always("set_at", .time, "since"), .always("expires_at", .time, "until"),
            .perhaps("released_at", .time, "ended early"),
        ])

    static let queries = ExportCategory(
        "database_access", "Reads of your data", "How often our programs asked the database about you, by minute.",
        table: "database_access", function: "database_access_about_user()", order: "minute, program",
        newestFirst: "minute desc, program", articles: [.access], purposes: ["to notice misuse"], retention: "days",
        source: "counted by us", omitted: [OmittedColumn("user_id", OmittedColumn.same)],
        fields: [
            .always("program", .text, "which program"), .always("minute", .time, "when"),
            .always("queries", .integer, "how often"),
        ])

    static let failedRequests = ExportCategory(
        "failed_requests", "Requests that failed",
        "Requests about you that could not be carried out, kept to be tried again.",
        table: "dead_letters", order: "died_at, id", newestFirst: "died_at desc, id", articles: [.access],
        purposes: ["to find the fault and repeat the request"], retention: "until settled, 90 days at most",
        source: "made by us",
        omitted: [
            OmittedColumn("user_id", OmittedColumn.same),
            OmittedColumn("headers", "addresses of the message on its way"),
            OmittedColumn("settled_by", OmittedColumn.staff),
        ],
        fields: [
            .always("id", .text, "number of the record"), .always("queue", .text, "what was to be done"),
            .perhaps("message_id", .text, "the request"), .always("reason", .text, "why it failed"),
            .perhaps("code", .text, "in one word"), .perhaps("body", .text, "the request itself"),
            .always("died_at", .time, "when"), .always("stored_at", .time, "when it was noted"),
            .always("status", .text, "state (new, replayed or discarded)"),
            .always("replayable", .flag, "whether it is whole"),
            .always("deaths", .integer, "how often it failed"), .perhaps("settled_at", .time, "when it was dealt with"),
            .perhaps("note", .text, "a note on that"), .perhaps("alert_id", .text, "number of the alert about it"),
        ])
}
