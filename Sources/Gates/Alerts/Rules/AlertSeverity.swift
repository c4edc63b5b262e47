public import Postgres

/// How bad it is, which decides who is told.
public enum AlertSeverity: String, CaseIterable, Sendable, Comparable {
    /// Somebody should look at it in working hours.
    case warning
    /// Somebody should look at it now.
    case critical
    /// It may be a breach of personal data: a clock of 72 hours runs (`BreachClock`).
    case compliance

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Where something is told.
public enum AlertChannel: String, CaseIterable, Sendable {
    /// The broker's exchange `repazoo.events`: the backend and the console hear it.
    case events
    case email
    case slack
    case pagerduty

    /// Those that reach people.
    public static let toPeople: [AlertChannel] = [.email, .slack, .pagerduty]
}

extension AlertSeverity: PostgresEncodable, PostgresDecodable {}
extension AlertChannel: PostgresEncodable, PostgresDecodable {}
