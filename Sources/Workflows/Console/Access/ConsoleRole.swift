/// Who somebody is to the console. A role is a set of permissions, not a rank: an operator keeps the work running and sees no
/// person, a privacy officer answers for people and touches no queue.
enum ConsoleRole: String, CaseIterable, Sendable, CustomStringConvertible {
    case viewer
    case `operator`
    case privacyOfficer = "privacy_officer"

    var description: String { rawValue.split(separator: "_").joined(separator: " ") }

    func permits(_ permission: ConsolePermission) -> Bool {
        switch (self, permission) {
        case (_, .look): true
        case (.operator, .settleDeadLetters), (.operator, .settleAlerts), (.operator, .steerSchedules): true
        case (.privacyOfficer, .settleAlerts), (.privacyOfficer, .requestForPerson), (.privacyOfficer, .unmask): true
        default: false
        }
    }
}

/// What a person may do at the console.
enum ConsolePermission: Sendable {
    /// Every page; people are masked.
    case look
    case settleDeadLetters
    case settleAlerts
    case steerSchedules
    /// Starts an export or an erasure.
    case requestForPerson
    /// Sees who somebody is, for a reason that is audited.
    case unmask
}
