import Contracts
import FoundationEssentials
import Postgres
import Privacy

/// What the demo left in the database, told in lines.
struct DemoStory {
    let postgres: PostgresPool
    let user: UserID

    /// The stored judgement of each tweet, by tweet id.
    private(set) var sentiments: [String: String] = [:]

    init(postgres: PostgresPool, user: UserID) {
        self.postgres = postgres
        self.user = user
    }

    mutating func lines() async throws -> [String] {
        try await rows() + analyses() + labels() + receipts() + audit()
    }

    private func rows() async throws -> [String] {
        let counts = try await postgres.query(
            """
            select (select count(*) from twitter_data where user_id = \(user.rawValue)) as tweets,
                (select count(*) from analyses where user_id = \(user.rawValue)) as analyses,
                (select count(*) from audit_log where user_id = \(user.rawValue)) as entries,
                (select count(*) from receipts) as receipts
            """)[0]
        let names = ["tweets", "analyses", "entries", "receipts"]
        let words = ["twitter_data", "analyses", "audit_log", "receipts"]
        let parts = try zip(words, names).map { "\($0) \(try counts.decode(Int.self, $1))" }
        return ["", "Rows: " + parts.joined(separator: ", ")]
    }

    private mutating func analyses() async throws -> [String] {
        let rows = try await postgres.query(
            """
            select model, sentiment, score, tweets_analyzed, input_tokens, output_tokens, result::text as result
            from analyses where user_id = \(user.rawValue) order by created_at
            """)
        var lines: [String] = []
        for row in rows {
            let score = Plain.fixed(try row.decode(Double.self, "score"), digits: 2)
            lines += [
                "", "Analysis: \(try row.decode(String.self, "sentiment")), score \(score)",
                "  model \(try row.decode(String.self, "model")), \(try row.decode(Int.self, "tweets_analyzed")) tweets, "
                    + "\(try row.decode(Int.self, "input_tokens")) tokens in, \(try row.decode(Int.self, "output_tokens")) out",
            ]
            guard let result = try? JSON(parsing: try row.decode(String.self, "result")) else { continue }
            let themes = (result["themes"]?.elements ?? []).compactMap { $0.string ?? $0["name"]?.string }
            if !themes.isEmpty { lines.append("  themes: " + themes.joined(separator: ", ")) }
            if let summary = result["summary"]?.string {
                lines.append("  summary: " + Plain.shortened(summary, to: 240))
            }
            for tweet in result["tweets"]?.elements ?? [] {
                if let id = tweet["id"]?.string, let word = tweet["sentiment"]?.string { sentiments[id] = word }
            }
        }
        return lines
    }

    private func labels() async throws -> [String] {
        guard !sentiments.isEmpty else { return [] }
        let rows = try await postgres.query(
            "select tweet_id, text from twitter_data where user_id = \(user.rawValue) order by tweet_id desc limit 200")
        var lines = ["", "Some of its labels:"]
        for row in rows where lines.count < 8 {
            guard let word = sentiments[try row.decode(String.self, "tweet_id")] else { continue }
            let text = PromptSanitizer.sanitize(try row.decode(String.self, "text")).split(whereSeparator: \.isNewline)
                .joined(separator: " ")
            lines.append(
                "  " + word + String(repeating: " ", count: max(1, 10 - word.count)) + Plain.shortened(text, to: 80))
        }
        return lines
    }

    private func receipts() async throws -> [String] {
        let rows = try await postgres.query("select consumer, message_id, outcome from receipts order by completed_at")
        var table = TextTable()
        for row in rows {
            table.add(
                "  " + (try row.decode(String.self, "consumer")), try row.decode(String.self, "message_id"),
                try row.decode(String.self, "outcome"))
        }
        return ["", "Receipts:"] + table.lines
    }

    private func audit() async throws -> [String] {
        let rows = try await postgres.query(
            """
            select to_char(at at time zone 'UTC', 'HH24:MI:SS.MS') as time, actor, action, outcome
            from audit_log where user_id = \(user.rawValue) order by position
            """)
        var table = TextTable()
        for row in rows {
            table.add(
                "  " + (try row.decode(String.self, "time")), try row.decode(String.self, "actor"),
                try row.decode(String.self, "action"), try row.decode(String.self, "outcome"))
        }
        return ["", "Audit trail (UTC):"] + table.lines
    }
}
