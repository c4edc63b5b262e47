import Alerts
import Contracts
import FoundationEssentials

/// What a measure says of one subject.
struct Sample: Equatable, Sendable {
    /// What it is about; nil when there is only one thing that it can be about.
    let subject: String?
    var userID: UserID?
    let value: Double
    /// When the latest of what is counted happened; nil for a state, which is seen anew at each look.
    var latest: Date?
    /// Whether a look that finds it adds to the alert's count. Dead letters are counted when they are stored.
    var isCounted = true
    var detail: [String: JSONValue] = [:]

    init(
        _ subject: String?, _ value: Double, userID: UserID? = nil, latest: Date? = nil, isCounted: Bool = true,
        detail: [String: JSONValue] = [:]
    ) {
        self.subject = subject
        self.userID = userID
        self.value = value
        self.latest = latest
        self.isCounted = isCounted
        self.detail = detail
    }
}
