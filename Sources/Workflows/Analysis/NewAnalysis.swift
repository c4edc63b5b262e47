import AnthropicAPI
import ConsumerRuntime
import Contracts
import FoundationEssentials
import Postgres
import Privacy

private typealias JSONValue = Contracts.JSONValue

/// An analysis about to be stored, and the mark on every tweet that it paid for.
struct NewAnalysis {
    /// Changes when the prompt or the shape of `result` does.
    static let version = 1

    let id: String
    let job: Job<AnalyzeRequest>
    let findings: Judge.Findings

    var statements: [SQL] { [analysis, marks] }

    private var analysis: SQL {
        let overall = OverallSentiment(findings.verdicts.map { ($0.sentiment, $0.score) })
        return SQL(
            """
            insert into analyses (id, user_id, message_id, kind, model, sentiment, score, result, tweets_analyzed,
                                  input_tokens, output_tokens, created_at, retain_until)
            values (\(id), \(job.request.userID.rawValue), \(job.envelope.messageID.rawValue), \(job.request.kind.rawValue),
                    \(findings.model), \(overall.label), \(overall.score), \(JSONText(rawValue: result.text))::jsonb,
                    \(findings.verdicts.count), \(findings.inputTokens), \(findings.outputTokens), \(job.now),
                    \(job.now.addingTimeInterval(AnalysisWorkflow.retention)))
            """
        ).named("analysis_insert")
    }

    private var marks: SQL {
        SQL(
            """
            insert into analyzed_tweets (user_id, kind, analysis_id, tweet_id)
            select \(job.request.userID.rawValue), \(job.request.kind.rawValue), \(id), tweet_id
            from unnest(\(findings.verdicts.map(\.tweetID))::text[]) as t (tweet_id)
            """
        ).named("analyzed_tweets_insert")
    }

    private var result: JSONValue {
        [
            "version": .integer(Self.version), "themes": .array(findings.themes.map { .string($0) }),
            "summary": .string(summary), "prompts": .array(findings.receipts.map(\.json)),
            "tweets": .array(
                findings.verdicts.map {
                    [
                        "id": .string($0.tweetID), "sentiment": .string($0.sentiment.rawValue),
                        "score": .number($0.score),
                    ]
                }),
        ]
    }

    /// The model's own words when it saw all tweets at once; the bare numbers when it saw them in parts.
    private var summary: String {
        if findings.summaries.count == 1 { return findings.summaries[0] }
        let counts = SentimentAnswer.Sentiment.allCases.map { sentiment in
            "\(findings.verdicts.count { $0.sentiment == sentiment }) \(sentiment.rawValue)"
        }
        return "\(findings.verdicts.count) tweets: " + counts.joined(separator: ", ") + "."
    }
}

extension SanitizationReceipt {
    /// Proves later what was sent, without the text: the version of the detector, what it replaced, the SHA-256 of the rest.
    fileprivate var json: JSONValue {
        [
            "detector": .integer(detector), "replaced": .object(replaced.mapValues { .integer($0) }),
            "sha256": .string(sha256),
        ]
    }
}
