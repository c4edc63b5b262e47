import Consent
import Contracts
import Isolation
import Postgres
import Privacy

/// The table `analysis_parts`: answers that were paid for and are no part of a stored analysis yet. Whoever goes on with a user's tweets,
/// be it after a crash, a rate limit or another message's death, takes them up instead of asking again.
struct StoredParts: Sendable {
    let rows: UserRows
    let kind: AnalyzeRequest.Kind

    /// With the ids of their rows, oldest first. Answers to other words of ours are passed over; they go with the next analysis.
    func read() async throws -> (parts: [AnalysisPart], ids: [String]) {
        let found = try await rows.query(
            SQL(
                """
                select id, version, body::text as body from analysis_parts
                where user_id = \(rows.user.rawValue) and kind = \(kind.rawValue) order by created_at, id
                """
            ).named("analysis_parts"))
        var parts: [AnalysisPart] = []
        var ids: [String] = []
        for row in found {
            ids.append(try row.decode(String.self, "id"))
            guard try row.decode(String.self, "version") == JudgementPrompt.edition,
                let json = try? Privacy.JSONValue(parsing: try row.decode(String.self, "body")),
                let part = AnalysisPart(json)
            else { continue }
            parts.append(part)
        }
        return (parts, ids)
    }

    /// Ends as `ConsentGate.requirement` does when consent is gone: nothing comes back of a user who left.
    func add(_ part: AnalysisPart) async throws {
        try await rows.atomically([ConsentGate.requirement(for: rows.user), insertion(of: part)])
    }

    func insertion(of part: AnalysisPart) -> SQL {
        SQL(
            """
            insert into analysis_parts (user_id, kind, version, body)
            values (\(rows.user.rawValue), \(kind.rawValue), \(JudgementPrompt.edition),
                    \(Postgres.JSONText(rawValue: part.json.serialized()))::jsonb)
            """
        ).named("analysis_part_insert")
    }

    /// In the transaction that stores the analysis made of them.
    func removal(of ids: [String]) -> SQL {
        SQL("delete from analysis_parts where user_id = \(rows.user.rawValue) and id = any(\(ids)::text[])")
            .named("analysis_parts_delete")
    }
}
