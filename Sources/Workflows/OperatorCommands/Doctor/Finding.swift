import Privacy

/// One line of what the doctor says.
struct Finding: Equatable, Sendable {
    enum Health: String, Sendable {
        case good = "ok"
        case warning
        case bad

        var sign: String {
            switch self {
            case .good: "✓"
            case .warning: "!"
            case .bad: "✗"
            }
        }
    }

    let subject: String
    let health: Health
    let found: String
    /// What to do; nil when nothing is to be done.
    let advice: String?

    static func good(_ subject: String, _ found: String) -> Finding {
        Finding(subject: subject, health: .good, found: found, advice: nil)
    }

    static func warning(_ subject: String, _ found: String, _ advice: String) -> Finding {
        Finding(subject: subject, health: .warning, found: found, advice: advice)
    }

    static func bad(_ subject: String, _ found: String, _ advice: String) -> Finding {
        Finding(subject: subject, health: .bad, found: found, advice: advice)
    }

    var json: JSON {
        var members: [JSON.Member] = [
            .init("subject", .string(subject)), .init("status", .string(health.rawValue)),
            .init("found", .string(found)),
        ]
        if let advice { members.append(.init("advice", .string(advice))) }
        return .object(members)
    }
}
