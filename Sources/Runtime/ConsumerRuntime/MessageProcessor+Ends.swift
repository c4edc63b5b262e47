import AMQP
import AuditTrail
import Contracts
import FoundationEssentials

// How a message's attempt ends when it is not done: refused, put off, tried again, or dead.
extension MessageProcessor {
    func conclude(_ job: Job<W.Request>, _ outcome: Outcome, _ delivery: Delivery) async throws {
        if case .refused(let reason) = outcome { return try await refuse(job, reason, delivery) }
        let (envelope, time) = (job.envelope, now())
        let deadline = envelope.deadline ?? time.addingTimeInterval(policy.patience.inSeconds)
        var history = AttemptHistory(envelope.history)
        switch policy.decision(for: outcome, attempt: envelope.attempt, deadline: deadline, now: time) {
        case .acknowledge: return
        case .delay(let until, let attempt, let code):
            history.add(code, at: time)
            try await dispatcher.delay(
                delivery, until: until, attempt: attempt, deadline: deadline, history: history, now: time)
            metrics.count(attempt == envelope.attempt ? "postponed" : "retried")
            job.logger.info(
                "comes back later",
                metadata: ["reason": "\(code)", "until": "\(RFC3339.text(until))", "attempt": "\(attempt)"])
        case .bury(let reason, let code):
            history.add(code, at: time)
            try await dispatcher.bury(delivery, reason, code: code, history: history, at: time)
            metrics.count("dead")
            job.logger.error(
                "dead", metadata: ["reason": "\(reason)", "code": "\(code)", "attempt": "\(envelope.attempt)"])
        }
        observe(.announced)
    }

    /// The answer no: audited, told to the backend, remembered like any other end.
    private func refuse(_ job: Job<W.Request>, _ reason: RefusalReason, _ delivery: Delivery) async throws {
        let user = job.user
        let event = Event(
            workflow.refusedEvent, userID: user, causeID: job.envelope.messageID, at: job.now, reason: reason.rawValue)
        let followUps = [FollowUp(event)]
        let entry = AuditEntry(
            actor: workflow.consumer.program, userID: user, action: workflow.consumer.rawValue, outcome: "refused",
            detail: ["reason": .string(reason.rawValue), "message_id": .string(job.envelope.messageID.rawValue)])
        let record = JobRecord(
            receipt: receipts.entry(for: job.envelope.messageID, outcome: "refused", followUps: followUps),
            audit: [entry], key: user?.rawValue ?? "")
        switch try await commit(record, job) {
        case .committed, .withdrawn: try await announce(followUps, job.envelope)
        case .duplicate: try await repeatAnnouncement(job.envelope)
        case .failed(let outcome): return try await conclude(job, outcome, delivery)
        }
        metrics.count("refused")
        job.logger.info("refused", metadata: ["reason": "\(reason)"])
    }

    func buryInvalid(_ delivery: Delivery, _ fault: InvalidMessage) async throws {
        try await dispatcher.bury(
            delivery, .invalidMessage, code: "\(fault)",
            history: AttemptHistory(delivery.properties.headers[HeaderName.history]?.string), at: now())
        observe(.announced)
        metrics.count("invalid")
        logger.error("not a message for this queue; dead", metadata: ["fault": "\(fault)"])
    }
}
