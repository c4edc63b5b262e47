import FoundationEssentials

/// How long one server has been away, and whether people have to be told. Decides only.
struct OutageAlarm: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        case nothing
        /// Away for longer than may be: people are to be told, now and at each further look until they are.
        case tell(since: Date)
        /// Back, and people were told that it was away.
        case tellOver(since: Date)
    }

    private var awaySince: Date?
    private var isTold = false

    mutating func report(isAway: Bool, at now: Date) {
        if isAway { awaySince = awaySince ?? now }
        // An alarm that was given stays until its end was told.
        if !isAway, !isTold { awaySince = nil }
        self.isAway = isAway
    }

    private(set) var isAway = false

    mutating func look(at now: Date, limit: TimeInterval) -> Action {
        guard let since = awaySince else { return .nothing }
        if isTold { return isAway ? .nothing : .tellOver(since: since) }
        return now.timeIntervalSince(since) > limit ? .tell(since: since) : .nothing
    }

    mutating func told() { isTold = true }

    mutating func toldOver() {
        isTold = false
        if !isAway { awaySince = nil }
    }
}
