import FoundationEssentials

/// A point in time as PostgreSQL holds it: whole microseconds. Written and read in ISO form (`DateStyle = ISO`).
struct PostgresTimestamp {
    /// Since 2001-01-01 00:00 UTC, `Date`'s own zero, so that no precision is lost on the way.
    let microseconds: Int64

    private static let daysTo2001: Int64 = 11_323  // from 1970-01-01
    private static let dayInMicroseconds: Int64 = 86_400_000_000

    /// Nil outside of `timestamptz`'s range, 4713 BC to 294276 AD, and for a date that is not a number.
    init?(_ date: Date) {
        let seconds = date.timeIntervalSinceReferenceDate
        guard seconds > -211_000_000_000, seconds < 9_223_000_000_000 else { return nil }
        microseconds = Int64((seconds * 1_000_000).rounded())
    }

    var date: Date { Date(timeIntervalSinceReferenceDate: Double(microseconds) / 1_000_000) }

    /// Always UTC: `2024-02-29 12:00:00.000001+00`, with ` BC` behind for years before 1.
    var text: String {
        let (days, rest) = microseconds.quotientAndRemainderRoundedDown(by: Self.dayInMicroseconds)
        let (year, month, day) = Self.civil(fromDays: days + Self.daysTo2001)
        let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
        let shownYear = year > 0 ? year : 1 - year
        let time = "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2)).\(pad(fraction, 6))"
        return "\(pad(shownYear, 4))-\(pad(month, 2))-\(pad(day, 2)) \(time)+00\(year > 0 ? "" : " BC")"
    }

    enum ParseFailure: Error {
        case infinite
        case malformed
    }

    /// Reads `2024-02-29[ 12:00:00[.ffffff][±HH[:MM[:SS]]]][ BC]`. Without a zone the time is taken as UTC.
    init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(ParseFailure) {
        var reader = DigitReader(bytes: bytes)
        if reader.skip("infinity") || reader.skip("-infinity") { throw .infinite }
        let shownYear = try reader.number(digits: 4...6)
        try reader.expect(UInt8(ascii: "-"))
        let month = try reader.number(digits: 2...2, in: 1...12)
        try reader.expect(UInt8(ascii: "-"))
        let day = try reader.number(digits: 2...2, in: 1...31)
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if reader.skip(" ", unlessFollowedBy: UInt8(ascii: "B")) {
            seconds = try reader.number(digits: 2...2, in: 0...24) * 3600
            try reader.expect(UInt8(ascii: ":"))
            seconds += try reader.number(digits: 2...2, in: 0...59) * 60
            try reader.expect(UInt8(ascii: ":"))
            seconds += try reader.number(digits: 2...2, in: 0...60)
            if reader.skip(".") { fraction = try reader.fraction() }
            seconds -= try reader.zone()
        }
        let isBC = reader.skip(" BC")
        guard reader.isAtEnd, shownYear > 0 else { throw .malformed }
        let days = Self.days(year: isBC ? 1 - shownYear : shownYear, month: month, day: day) - Self.daysTo2001
        microseconds = days * Self.dayInMicroseconds + seconds * 1_000_000 + fraction
    }

    // MARK: The proleptic Gregorian calendar, in eras of 400 years that begin on 1 March

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.quotientAndRemainderRoundedDown(by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainderRoundedDown(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Reads digits from a timestamp, each with its bounds.
private struct DigitReader {
    let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ text: StaticString, unlessFollowedBy next: UInt8? = nil) -> Bool {
        let end = index + text.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[index + offset] != text.utf8Start[offset] { return false }
        if let next, end < bytes.count, bytes[end] == next { return false }
        index = end
        return true
    }

    mutating func expect(_ byte: UInt8) throws(PostgresTimestamp.ParseFailure) {
        guard index < bytes.count, bytes[index] == byte else { throw .malformed }
        index += 1
    }

    mutating func number(
        digits: ClosedRange<Int>, in range: ClosedRange<Int64> = 0...Int64.max
    ) throws(PostgresTimestamp.ParseFailure) -> Int64 {
        let start = index
        var value: Int64 = 0
        while index < bytes.count, index - start < digits.upperBound, bytes[index] &- 0x30 < 10 {
            value = value * 10 + Int64(bytes[index] - 0x30)
            index += 1
        }
        guard digits.contains(index - start), range.contains(value) else { throw .malformed }
        return value
    }

    /// One to six digits, as microseconds.
    mutating func fraction() throws(PostgresTimestamp.ParseFailure) -> Int64 {
        let start = index
        var value = try number(digits: 1...6)
        for _ in (index - start)..<6 { value *= 10 }
        return value
    }

    /// Seconds east of Greenwich; 0 if no zone is given.
    mutating func zone() throws(PostgresTimestamp.ParseFailure) -> Int64 {
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return 0 }
        var seconds = try number(digits: 2...2, in: 0...15) * 3600
        if skip(":") { seconds += try number(digits: 2...2, in: 0...59) * 60 }
        if skip(":") { seconds += try number(digits: 2...2, in: 0...59) }
        return sign * seconds
    }
}

extension Int64 {
    /// With a remainder that is never negative.
    fileprivate func quotientAndRemainderRoundedDown(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
