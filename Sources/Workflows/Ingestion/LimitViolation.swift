import AuditTrail
import ConsumerRuntime
import Contracts
import TwitterCalls

private typealias JSONValue = Contracts.JSONValue

/// What the audit trail says when a limit kept a call from being made or answered; the monitor counts these entries.
///
/// A message that comes back and is put off again says so once, until something else becomes of it: thousands may wait for one
/// window, each of them several times.
enum LimitViolation {
    static let action = "rate_limit.violation"

    /// Nil when the trail holds it already.
    static func entry(for limited: RateLimited, _ job: Job<IngestRequest>) -> AuditEntry? {
        let wasPutOff = job.envelope.history?.hasSuffix(PostponementReason.rateLimited.rawValue) ?? false
        guard limited.isByProvider || !wasPutOff else { return nil }
        return AuditEntry(
            actor: job.consumer.program, userID: job.request.userID, action: action,
            outcome: limited.isByProvider ? "refused" : "postponed",
            detail: [
                "provider": "twitter", "endpoint": .string(limited.endpoint.rawValue),
                "scope": .string(limited.scope.rawValue),
                "seconds": .integer(Int(max(0, limited.until.timeIntervalSince(job.now)).rounded(.up))),
                "message_id": .string(job.envelope.messageID.rawValue),
            ])
    }
}
