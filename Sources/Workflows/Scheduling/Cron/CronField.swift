/// One of cron's five fields: which numbers it takes and which names stand for them.
enum CronField: String, CaseIterable, Sendable {
    case minute, hour, day, month, weekday

    /// A Sunday may be written 0 or 7.
    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .weekday: 0...7
        }
    }

    /// Every value that the field can have, once each.
    var all: CronValues { CronValues(self == .weekday ? 0...6 : range) }

    /// As an error calls it.
    var words: String { self == .day ? "day of month" : self == .weekday ? "day of week" : rawValue }

    func number(named name: Substring) -> Int? {
        let names: [String] =
            switch self {
            case .month: Self.months
            case .weekday: Self.weekdays
            default: []
            }
        return names.firstIndex(of: name.lowercased()).map { $0 + (self == .month ? 1 : 0) }
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
}

/// A set of small numbers, as bits.
struct CronValues: Hashable, Sendable {
    private(set) var bits: UInt64 = 0

    init() {}

    init(_ range: ClosedRange<Int>) { for value in range { insert(value) } }

    mutating func insert(_ value: Int) { bits |= 1 << UInt64(value) }

    mutating func formUnion(_ other: CronValues) { bits |= other.bits }

    func contains(_ value: Int) -> Bool { bits >> UInt64(value) & 1 == 1 }

    /// The smallest value that is not below `value`.
    func first(from value: Int) -> Int? {
        guard value < 64 else { return nil }
        let rest = bits >> UInt64(value)
        return rest == 0 ? nil : value + rest.trailingZeroBitCount
    }

    /// The largest value that is not above `value`.
    func last(upTo value: Int) -> Int? {
        guard value >= 0 else { return nil }
        let rest = bits << UInt64(63 - value)
        return rest == 0 ? nil : value - rest.leadingZeroBitCount
    }
}
