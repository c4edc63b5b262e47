extension ExportCategory {
    /// In the order of the document. Whoever makes a table with rows of users adds it here, or to `tablesWithoutRecords`.
    public static let all: [ExportCategory] =
        [profile, oauth, subscriptions, tweets, analyses, auditEntries, usage, exports, notices]
        + [alerts, analyzedTweets, readings, requests, failedRequests, holds, queries]

    /// Tables with a column for the user that are no category of their own, and why.
    public static let tablesWithoutRecords: [String: String] = [
        "quota_reservations": "counted in usage; a row says only that an analysis is under way, and goes with its end",
        "analysis_runs": "who works on an analysis at this moment",
        "analysis_parts": "answers on their way into an analysis; they go with its end",
        "analysis_batches": "which tweets an analysis under way has handed over; it goes with its end",
        "audit_heads": "the end of the chain of audit entries, whose last one says the same",
        "erasures": "only of users who are erased, for whom there is no export",
    ]

    // MARK: Who the person is

    private static let profile = ExportCategory(
        "profile", "Profile", "Who you are to us.", table: "users", owner: "id", order: "id",
        articles: [.access, .portability], purposes: ["to run your account"],
        retention: "as long as the account exists; on erasure at once",
        source: "from you, at sign-up, and from X when you connected your account",
        fields: [
            .always("id", .text, "your id in the product"), .perhaps("handle", .text, "your name on X"),
            .perhaps("display_name", .text, "the name that you show"), .perhaps("email", .text, "your e-mail address"),
            .always("created_at", .time, "since when you are known here"),
            .perhaps("last_active_at", .time, "when you last used the product"),
            .perhaps("erased_at", .time, "when your data was erased"),
        ])

    private static let oauth = ExportCategory(
        "oauth_history", "Consents", "When you let us read your account at X, for what, and when that ended.",
        table: "oauth_tokens", order: "consented_at, id", articles: [.access],
        purposes: ["to read your posts with your consent", "to prove that consent"], recipients: [.x],
        retention: "as long as the account exists; the tokens themselves go when they are revoked",
        source: "from you and X, when you connected your account",
        omitted: [
            OmittedColumn("user_id", OmittedColumn.same), OmittedColumn("access_token", OmittedColumn.secret),
            OmittedColumn("refresh_token", OmittedColumn.secret),
            OmittedColumn("refresh_sent_at", "a note of a renewal under way"),
            OmittedColumn("refresh_sent_for", "the fingerprint of a key to the account"),
        ],
        fields: [
            .always("id", .text, "number of the consent"), .always("provider", .text, "whose account"),
            .perhaps("provider_user_id", .text, "your id there"), .perhaps("scopes", .text, "what you allowed"),
            .perhaps("expires_at", .time, "when the current token ends"),
            .always("consented_at", .time, "when you consented"),
            .perhaps("consent_version", .text, "to which wording"), .perhaps("revoked_at", .time, "when that ended"),
            .perhaps("scrubbed_at", .time, "when the keys were destroyed"),
            .always("updated_at", .time, "last change"),
        ])

    private static let subscriptions = ExportCategory(
        "subscriptions", "Subscriptions", "What you have subscribed to.", table: "subscriptions",
        order: "current_period_end, id", articles: [.access, .portability], purposes: ["to give you what you pay for"],
        retention: "as long as the account exists", source: "from you, through the product",
        omitted: [OmittedColumn("user_id", OmittedColumn.same)],
        fields: [
            .always("id", .text, "number of the subscription"), .always("tier", .text, "kind (basic or pro)"),
            .always("status", .text, "state (active, past_due or cancelled)"),
            .perhaps("current_period_end", .time, "paid until"), .perhaps("cancelled_at", .time, "cancelled when"),
        ])

    // MARK: What is held of X

    private static let tweets = ExportCategory(
        "tweets", "Posts", "Your posts on X that we have stored. Posts of others are kept as ids only.",
        table: "twitter_data", order: "tweet_id", newestFirst: "posted_at desc nulls last, tweet_id desc",
        articles: [.access, .portability], purposes: ["to judge how you come across in public"],
        recipients: [.x, .anthropic],
        retention:
            "until retain_until; deleted posts are kept out of sight for 30 days at most, what X says is gone goes at once",
        source: "from X, with your consent",
        omitted: [OmittedColumn("user_id", OmittedColumn.same)],
        fields: [
            .always("id", .text, "number of the record"), .always("tweet_id", .text, "the post's id at X"),
            .always("text", .text, "what you wrote; empty where it was somebody else's"),
            .perhaps("lang", .text, "language, as X sees it"), .perhaps("posted_at", .time, "when you posted it"),
            .always("metrics", .json, "likes, replies, reposts, quotes and the like when it was read"),
            .always("collected_at", .time, "when we read it"),
            .always("retain_until", .time, "when it is to be deleted"),
            .perhaps("deleted_at", .time, "when it was marked as deleted"),
            .perhaps("superseded_by", .text, "the post's id after you edited it"),
        ])

    private static let analyses = ExportCategory(
        "analyses", "Analyses", "What a model made of your posts.", table: "analyses", order: "created_at, id",
        newestFirst: "created_at desc, id", articles: [.access], purposes: ["to judge how you come across in public"],
        recipients: [.anthropic], retention: "90 days",
        source: "inferred by a language model from your posts, without your name",
        omitted: [OmittedColumn("user_id", OmittedColumn.same)],
        fields: [
            .always("id", .text, "number of the analysis"), .always("message_id", .text, "the request for it"),
            .always("kind", .text, "what was judged"), .always("model", .text, "which model judged"),
            .always("sentiment", .text, "positive, neutral, negative or mixed"),
            .always("score", .number, "from -1 (negative) to 1 (positive)"),
            .always("result", .json, "everything that the model answered, by post"),
            .always("tweets_analyzed", .integer, "how many posts"),
            .always("input_tokens", .integer, "length of the question"),
            .always("output_tokens", .integer, "length of the answer"), .always("created_at", .time, "when"),
            .always("retain_until", .time, "when it is to be deleted"),
            .perhaps("deleted_at", .time, "when it was marked as deleted"),
        ])

    private static let analyzedTweets = ExportCategory(
        "analyzed_tweets", "Judged posts", "Which post went into which analysis.", table: "analyzed_tweets",
        order: "kind, tweet_id", articles: [.access], purposes: ["not to judge, and charge for, a post twice"],
        retention: "as long as the analysis", source: "made by us",
        omitted: [OmittedColumn("user_id", OmittedColumn.same)],
        fields: [
            .always("tweet_id", .text, "the post's id at X"), .always("kind", .text, "what was judged"),
            .always("analysis_id", .text, "number of the analysis"),
        ])

    private static let readings = ExportCategory(
        "readings", "Unfinished readings", "How far the reading of a long time line has got.", table: "ingest_runs",
        order: "updated_at", articles: [.access], purposes: ["to go on where the last reading stopped"],
        retention: "until the reading is finished", source: "made by us",
        omitted: [
            OmittedColumn("user_id", OmittedColumn.same),
            OmittedColumn("next_token", "X's own mark for the next page; it says nothing"),
        ],
        fields: [
            .perhaps("since_id", .text, "the newest post that was known before"),
            .always("pages", .integer, "pages read"),
            .always("tweets", .integer, "posts read"), .always("left_out", .integer, "posts that were not kept"),
            .always("reads", .integer, "posts that X counted"),
            .always("updated_at", .time, "when"),
        ])
}
