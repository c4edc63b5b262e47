import Alerts
import AuditTrail
import Contracts
import FoundationEssentials
import Logging
import Postgres

/// Signs with each tick how far the audit trail has got: what is cut off after that is found by `repazoo audit verify`. The log
/// says how much there was, out of reach of whoever runs the database.
struct AuditSeal: Sendable {
    /// Among what could not be measured, when no checkpoint could be made.
    static let name = "audit_checkpoint"

    /// Nil without `AUDIT_SIGNING_KEY`: then nothing is signed.
    let checkpoints: AuditCheckpoints?
    let logger: Logger

    /// That the last checkpoint is not ours is a fault of the trail, for the alert of the others. Throws only when the database is
    /// away.
    func set(at now: Date, _ rules: [AlertRule], _ answers: inout MeasureDesk.Answers) async throws {
        guard let checkpoints else { return }
        do {
            if case .made(let signed) = try await checkpoints.make(at: now) {
                let checkpoint = signed.checkpoint
                logger.info(
                    "audit checkpoint",
                    metadata: [
                        "number": "\(checkpoint.number)", "chains": "\(checkpoint.chains)",
                        "entries": "\(checkpoint.entries)",
                    ])
            }
        } catch let error as PostgresError where error.meansServerIsAway {
            throw error
        } catch is CheckpointFault {
            let sample = Sample("checkpoints", 1, detail: ["fault": .string("the last one is signed by another key")])
            for rule in rules where rule.measure == .auditFaults {
                answers.samples[rule.name, default: []].append(sample)
            }
        } catch {
            answers.unknown.append(Self.name)
            logger.warning("no audit checkpoint could be made", metadata: ["error": "\(error)"])
        }
    }
}
