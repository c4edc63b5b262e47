import Contracts
import FoundationEssentials
import Postgres

/// A request that is pending and that nobody works on.
struct StalledExport {
    let id: String
    let user: UserID
    let requestedBy: String?
    let resumed: Int

    init(_ row: PostgresRow) throws {
        guard let user = UserID(try row.decode(String.self, "user_id")) else { throw UnknownExport() }
        self.user = user
        id = try row.decode(String.self, "id")
        requestedBy = try row.decode(String?.self, "requested_by")
        resumed = try row.decode(Int.self, "resumed")
    }

    /// The request once more, which takes the row over, and an alert for people.
    func followUps(isGivenUp: Bool, cause: MessageID, at now: Date) -> [FollowUp] {
        let alert = Event(
            .alertOpened, userID: user, causeID: cause, at: now,
            detail: [
                "rule": .string(isGivenUp ? "export_failed" : "export_stalled"),
                "severity": .string(isGivenUp ? "critical" : "warning"), "subject": .string("export:\(id)"),
                "summary": .string(
                    isGivenUp
                        ? "an export was given up after \(resumed) new starts; the person is still owed an answer"
                        : "an export had stalled and was started again"),
            ])
        let told = FollowUp(alert, name: "export-alert-\(id)-\(resumed)")
        if isGivenUp { return [told] }
        let request = ExportRequest(userID: user, requestedBy: requestedBy)
        return [FollowUp(request, name: "export-resume-\(id)-\(resumed)"), told]
    }
}
