import AuditTrail
import ConsumerRuntime
import Contracts
import Postgres

/// What a finished analysis leaves behind: rows, an audit entry with what it took, and who hears of it.
struct AnalysisEnd {
    let job: Job<AnalyzeRequest>
    let result: AnalysisResult
    let parts: [AnalysisPart]
    /// Models that the provider turned out not to know; another of the list served.
    let missing: [String]
    /// In millionths of a dollar.
    let cost: Int?

    func completion(before: [SQL], after: [SQL]) -> Completion {
        let analysis = NewAnalysis(id: id, job: job, result: result, parts: parts)
        return Completion(
            effects: before + analysis.statements + after, audit: [entry(analysis)],
            followUps: [FollowUp(completed)] + missing.map { FollowUp(alert($0), name: "alert.opened \($0)") })
    }

    private var id: String { MessageID.derived(from: job.envelope.messageID, name: "analysis").rawValue }

    private func entry(_ analysis: NewAnalysis) -> AuditEntry {
        var detail: [String: JSONValue] = [
            "analysis_id": .string(id), "model": .string(result.models.joined(separator: ", ")),
            "tweets": .integer(result.verdicts.count), "declined": .integer(result.declined.count),
            "calls": .integer(parts.count { $0.usage.total > 0 }), "input_tokens": .integer(analysis.inputTokens),
            "output_tokens": .integer(analysis.outputTokens),
            "cached_tokens": .integer(parts.reduce(0) { $0 + $1.usage.cacheRead }),
            "cache_written_tokens": .integer(parts.reduce(0) { $0 + $1.usage.cacheCreation }),
            "batched": .boolean(parts.contains(where: \.isBatched)),
            "personal_data_replaced": .integer(result.receipts.reduce(0) { $0 + $1.replacements }),
            "withheld": .integer(result.withheld), "prompt_version": .integer(JudgementPrompt.version),
            "message_id": .string(job.envelope.messageID.rawValue),
        ]
        if let cost { detail["cost_microdollars"] = .integer(cost) }
        return AuditEntry(
            actor: job.consumer.program, userID: job.request.userID, action: "analyze", outcome: "done", detail: detail)
    }

    private var completed: Event {
        Event(
            .analysisCompleted, userID: job.request.userID, causeID: job.envelope.messageID, at: job.now,
            detail: ["analysis_id": .string(id), "tweets": .integer(result.verdicts.count)])
    }

    private func alert(_ model: String) -> Event {
        Event(
            .alertOpened, causeID: job.envelope.messageID, at: job.now,
            detail: [
                "rule": .string(UnknownModel.rule), "severity": .string(UnknownModel.severity),
                "subject": .string(model), "summary": .string(UnknownModel.summary),
            ])
    }
}
