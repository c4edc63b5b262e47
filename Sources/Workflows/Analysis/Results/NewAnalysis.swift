import AnthropicAPI
import ConsumerRuntime
import Contracts
import FoundationEssentials
import KeptFor
import Postgres

/// An analysis about to be stored, and the mark on every tweet that it paid for, judged or declined.
struct NewAnalysis {
    let id: String
    let job: Job<AnalyzeRequest>
    let result: AnalysisResult
    let inputTokens: Int
    let outputTokens: Int

    init(id: String, job: Job<AnalyzeRequest>, result: AnalysisResult, parts: [AnalysisPart]) {
        self.id = id
        self.job = job
        self.result = result
        inputTokens = parts.reduce(0) { $0 + $1.usage.input }
        outputTokens = parts.reduce(0) { $0 + $1.usage.output }
    }

    /// A message that another delivery was quicker with stores nothing here; its receipt, which comes after, says so.
    var statements: [SQL] { [analysis, marks] }

    private var analysis: SQL {
        SQL(
            """
            insert into analyses (id, user_id, message_id, kind, model, sentiment, score, result, tweets_analyzed,
                                  input_tokens, output_tokens, created_at, retain_until)
            values (\(id), \(job.request.userID.rawValue), \(job.envelope.messageID.rawValue), \(job.request.kind.rawValue),
                    \(result.models.joined(separator: ", ")), \(result.overall.label), \(result.overall.score),
                    \(JSONText(rawValue: result.json.text))::jsonb, \(result.verdicts.count), \(inputTokens),
                    \(outputTokens), \(job.now), \(job.now + KeptFor.current.analyses / .seconds(1)))
            on conflict do nothing
            """
        ).named("analysis_insert")
    }

    private var marks: SQL {
        let ids = result.verdicts.map(\.id) + result.declined
        return SQL(
            """
            insert into analyzed_tweets (user_id, kind, analysis_id, tweet_id)
            select \(job.request.userID.rawValue), \(job.request.kind.rawValue), \(id), tweet_id
            from unnest(\(ids)::text[]) as t (tweet_id) on conflict do nothing
            """
        ).named("analyzed_tweets_insert")
    }
}
