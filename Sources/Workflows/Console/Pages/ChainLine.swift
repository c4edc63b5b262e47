import AuditTrail
import Contracts

/// Whether a user's part of the audit trail is whole: every hash made anew, up to the end that the last signed checkpoint saw.
struct ChainLine {
    /// `holds` or `broken`.
    let state: String
    let words: String
    /// The first faults, in words.
    let faults: [Fault]

    struct Fault {
        let words: String
    }

    static func verify(_ user: UserID, _ desk: ConsoleDesk) async throws -> ChainLine {
        let report = try await AuditVerifier(postgres: desk.postgres, keys: desk.auditKeys).verify(user: user)
        let signatures = report.signaturesAreChecked ? "signatures checked" : "signatures not checked: no key is set"
        let entries = report.entries == 1 ? "1 entry" : "\(report.entries.grouped) entries"
        guard report.isSound else {
            return ChainLine(
                state: "broken", words: "\(report.faultCount) faults in \(entries)",
                faults: report.faults.prefix(10).map { Fault(words: "\($0)") })
        }
        return ChainLine(
            state: "holds",
            words: "\(entries), unbroken; \(signatures); \(report.uncovered) not under a checkpoint yet",
            faults: [])
    }
}
