public import FoundationEssentials

/// The clock of Art. 33 GDPR: the authority is to be told within 72 hours after the controller has become aware of a breach.
///
/// It runs from the first notice of a compliance alert and through all its episodes; only a person stops it, by resolving the alert.
public struct BreachClock: Equatable, Sendable {
    public static let length: TimeInterval = 72 * 3600

    public let awareAt: Date
    public var deadlineAt: Date { awareAt.addingTimeInterval(Self.length) }

    /// Hours after becoming aware at which it reminds: closer together towards the end, at the end, and each day after it.
    private static let hours: [Double] = [24, 48, 60, 66, 70, 71, 72]

    public init(awareAt: Date) { self.awareAt = awareAt }

    /// How many reminders should have been given by now.
    public func reminders(at now: Date) -> Int {
        let elapsed = now.timeIntervalSince(awareAt) / 3600
        let regular = Self.hours.count { $0 <= elapsed }
        guard let end = Self.hours.last, elapsed > end else { return regular }
        return regular + Int((elapsed - end) / 24)
    }

    /// For people: `31 h 5 min left`, `2 h over`.
    public func words(at now: Date) -> String {
        let left = Int(deadlineAt.timeIntervalSince(now))
        let (hours, minutes) = (abs(left) / 3600, abs(left) / 60 % 60)
        let length = hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min"
        return left >= 0 ? "\(length) left" : "\(length) over"
    }
}
