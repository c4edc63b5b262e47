import AMQP
import AuditTrail
import Contracts
import FoundationEssentials
import Isolation

// How a message's attempt ends when it is not done: refused, put off, tried again, or dead.
extension MessageProcessor {
    func conclude(_ job: Job<W.Request>, _ outcome: Outcome, _ delivery: Delivery) async throws -> MessageEnd {
        if case .refused(let reason) = outcome { return try await refuse(job, reason, delivery) }
        let (envelope, time) = (job.envelope, now())
        let deadline = envelope.deadline ?? time.addingTimeInterval(policy.patience.inSeconds)
        var history = AttemptHistory(envelope.history)
        switch policy.decision(for: outcome, attempt: envelope.attempt, deadline: deadline, now: time) {
        case .acknowledge: return .done
        case .delay(let until, let attempt, let code):
            history.add(code, at: time)
            try await dispatcher.delay(
                delivery, until: until, attempt: attempt, deadline: deadline, history: history, now: time)
            metrics.delay(until.timeIntervalSince(time), because: "\(code)")
            job.logger.info(
                "comes back later",
                metadata: ["reason": "\(code)", "until": "\(RFC3339.text(until))", "attempt": "\(attempt)"])
            reached(.announced)
            return attempt == envelope.attempt ? .postponed : .retried
        case .bury(let reason, let code):
            history.add(code, at: time)
            // Before the burial: what is given back twice is given back once, and a death in between leads back here.
            let returned = workflow.abandonment(of: job)
            if !returned.isEmpty { try await postgres.atomically([UserRows.scope(of: job.user)] + returned) }
            try await dispatcher.bury(delivery, reason, code: code, history: history, at: time)
            job.logger.error(
                "dead", metadata: ["reason": "\(reason)", "code": "\(code)", "attempt": "\(envelope.attempt)"])
            reached(.announced)
            return .dead
        }
    }

    /// The answer no: audited, told to the backend, remembered like any other end.
    private func refuse(
        _ job: Job<W.Request>, _ reason: RefusalReason, _ delivery: Delivery
    ) async throws -> MessageEnd {
        let user = job.user
        let followUps = workflow.followUps(ofRefusal: reason, job)
        let entry = AuditEntry(
            actor: workflow.consumer.program, userID: user, action: workflow.consumer.rawValue, outcome: "refused",
            detail: ["reason": .string(reason.rawValue), "message_id": .string(job.envelope.messageID.rawValue)])
        let record = JobRecord(
            user: user, effects: workflow.abandonment(of: job),
            receipt: receipts.entry(for: job, outcome: "refused", reason: reason, followUps: followUps),
            audit: [entry])
        switch try await commit(record, job) {
        case .committed, .withdrawn: try await announce(followUps, job.envelope)
        case .duplicate: return try await repeatAnnouncement(job.envelope)
        case .failed(let outcome): return try await conclude(job, outcome, delivery)
        }
        job.logger.info("refused", metadata: ["reason": "\(reason)"])
        return .refused
    }

    func buryInvalid(_ delivery: Delivery, _ fault: InvalidMessage) async throws -> MessageEnd {
        try await dispatcher.bury(
            delivery, .invalidMessage, code: "\(fault)",
            history: AttemptHistory(delivery.properties.headers[HeaderName.history]?.string), at: now())
        reached(.announced)
        logger.error("not a message for this queue; dead", metadata: ["fault": "\(fault)"])
        return .invalid
    }
}
