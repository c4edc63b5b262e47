import AuditTrail
import ConsumerRuntime
import Contracts
import FoundationEssentials
import Postgres
import Ticks

/// What a tick of the retention queue does, in this order: what came into Redis behind an erasure, what X says is gone, erasures whose
/// legal hold has ended, the policy, exports that have expired or stalled. These come last, as what they leave to be announced must not be lost with a tick that has to
/// come back.
///
/// A tick with much to do is spread: its message ends at once and leaves `shares` others behind, which any consumers take; they
/// work off the same rows without waiting for each other. A message that does not get done in its time comes back for the rest,
/// which counts as no attempt.
struct TickWork: Sendable {
    /// Into how many messages the work of one slot is spread.
    static let shares = 4
    /// So many rows are worth it.
    static let worthSharing = 50_000
    /// How long one message is worked on; well under the runtime's own limit.
    static let patience = Duration.seconds(600)

    let postgres: PostgresPool
    let policy: RetentionPolicy
    /// What X says is gone; nil where no key for it is configured.
    let upstream: ComplianceLane?
    /// Deletes expired exports with their objects; the follow-ups of it.
    let tendExports: @Sendable (_ now: Date, _ cause: MessageID) async throws -> [FollowUp]
    let traces: LateTraces
    let actor: String

    /// The schedule of ticks that come often, for what cannot wait for the next day: exports, and X's answers.
    static let exportsOnly = "exports"

    func run(_ tick: Tick, as answer: TickGate.Answer, _ job: Job<RetentionRequest>) async throws -> Work {
        let deadline = ContinuousClock.now + Self.patience
        switch answer {
        case .refused(let reason): return .ended(.refused(reason))
        case .notBefore(let time): return .ended(.notBefore(time, because: .longDelay))
        case .repeated:
            job.logger.info("the slot was another message's", metadata: ["slot": "\(RFC3339.text(tick.slot))"])
            return .completed(Completion(effects: [], audit: [], followUps: []))
        case .share(let number):
            let share = SweepBatch.Share(number: number - 1, count: Self.shares)
            let rows = try await sweep(tick, share: share, until: deadline, job)
            return rows.isComplete ? .completed(completion(tick, rows.counts, share: number, job)) : Self.later(job)
        case .go:
            return try await whole(tick, until: deadline, job)
        }
    }

    private func whole(
        _ tick: Tick, until deadline: ContinuousClock.Instant, _ job: Job<RetentionRequest>
    ) async throws -> Work {
        let isWhole = tick.schedule != Self.exportsOnly
        try await traces.erase(at: job.now)
        try await upstream?.run(asksAnew: isWhole, at: job.now, job.logger)
        guard isWhole else {
            let followUps = try await tendExports(job.now, job.envelope.messageID)
            return .completed(Completion(effects: [], audit: [], followUps: followUps))
        }
        var (effects, followUps): ([SQL], [FollowUp]) = ([], [])
        let resumed = try await freedErasures(at: job.now)
        for (index, erasure) in resumed.enumerated() {
            followUps.append(FollowUp(EraseRequest(userID: erasure.user, reason: "hold_ended"), name: "erase-\(index)"))
            effects.append(
                SQL("update erasures set withheld = '{}' where message_id = \(erasure.message)").named("erasure_freed"))
        }
        let size = try await RetentionPlan.size(
            of: policy, at: tick.slot, upTo: Self.worthSharing, in: postgres)
        var done = completion(tick, [:], share: nil, job)
        if size >= Self.worthSharing {
            followUps += (1...Self.shares).map { Self.share($0, of: tick) }
        } else {
            let rows = try await sweep(tick, share: nil, until: deadline, job)
            guard rows.isComplete else { return Self.later(job) }
            done = completion(tick, rows.counts, share: nil, job)
        }
        done.effects += effects
        done.followUps += followUps
        done.followUps += try await tendExports(job.now, job.envelope.messageID)
        return .completed(done)
    }

    private func sweep(
        _ tick: Tick, share: SweepBatch.Share?, until deadline: ContinuousClock.Instant, _ job: Job<RetentionRequest>
    ) async throws -> (counts: [String: Int], isComplete: Bool) {
        var counts: [String: Int] = [:]
        for step in SweepStep.all(of: policy, at: tick.slot) {
            let sweep = Sweep(
                step, at: tick.slot, actor: actor, in: postgres, until: deadline, logger: job.logger)
            let report = try await sweep.run(share: share)
            if report.rows > 0 { counts["\(step.table.rawValue).\(step.name)"] = report.rows }
            if !report.isComplete { return (counts, false) }
        }
        return (counts, true)
    }

    private func completion(
        _ tick: Tick, _ counts: [String: Int], share: Int?, _ job: Job<RetentionRequest>
    ) -> Completion {
        var detail: [String: JSONValue] = [
            "slot": .string(RFC3339.text(tick.slot)), "rows": .integer(counts.values.reduce(0, +)),
        ]
        if let share { detail["share"] = .integer(share) }
        let rules = JSONValue.object(counts.mapValues { .integer($0) })
        let entry = AuditEntry(
            actor: actor, userID: nil, action: "retention.tick", outcome: "done",
            detail: detail.merging(["message_id": .string(job.envelope.messageID.rawValue), "rules": rules]) { $1 })
        let event = Event(.retentionCompleted, causeID: job.envelope.messageID, at: job.now, detail: detail)
        return Completion(effects: [], audit: [entry], followUps: [FollowUp(event)])
    }

    private static func later(_ job: Job<RetentionRequest>) -> Work {
        .ended(.notBefore(job.now + patience / .seconds(1) + 1, because: .moreToDo))
    }

    private static func share(_ number: Int, of tick: Tick) -> FollowUp {
        FollowUp(
            exchange: .ticks, routingKey: .retention, type: .tick, body: tick.encode(),
            name: TickGate.shareName(number))
    }

    /// Erasures that a hold kept from completion, and no hold does any more.
    private func freedErasures(at now: Date) async throws -> [(message: String, user: UserID)] {
        let rows = try await postgres.query(
            SQL(
                """
                select message_id, user_id from erasures e where \(Self.freed(at: now)) order by message_id limit 100
                """
            ).named("erasures_freed"))
        return try rows.compactMap { row in
            guard let user = UserID(try row.decode(String.self, "user_id")) else { return nil }
            return (try row.decode(String.self, "message_id"), user)
        }
    }

    /// Of an erasure `e`: something was withheld, and no hold is for it any more.
    static func freed(at time: Date) -> Fragment {
        """
        withheld <> '{}' and completed_at is not null and not exists (
            select from legal_holds h where h.user_id = e.user_id and h.released_at is null and h.expires_at > \(time)
                and (h.category = 'all' or h.category = any (e.withheld)))
        """
    }
}
