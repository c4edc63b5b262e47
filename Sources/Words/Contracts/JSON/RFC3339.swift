public import FoundationEssentials

/// Times as messages carry them: RFC 3339 in UTC, to the microsecond.
public enum RFC3339 {
    /// `2026-01-31T03:00:00Z`, with six digits of fraction only when there is one. A time outside the years 1 to 9999 is
    /// written as the nearest one inside.
    public static func text(_ date: Date) -> String {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        let bounded = microseconds.isNaN ? 0 : min(max(microseconds, Double(earliest)), Double(latest))
        let total = min(Int(bounded), latest)
        let (seconds, fraction) = floored(total, by: 1_000_000)
        let (days, secondOfDay) = floored(seconds, by: 86400)
        let date = CivilDate(daysSince1970: days)
        let clock = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60].map { padded($0, 2) }
        let calendar = [padded(date.year, 4), padded(date.month, 2), padded(date.day, 2)]
        return calendar.joined(separator: "-") + "T" + clock.joined(separator: ":")
            + (fraction == 0 ? "" : "." + padded(fraction, 6)) + "Z"
    }

    /// Nil unless `text` is a time in UTC (`Z` or `+00:00`) that exists. Leap seconds are refused: `Date` has none. Digits
    /// of the fraction beyond the sixth are dropped.
    public static func date(_ text: String) -> Date? {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"), let hour = reader.number(2),
            reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            let fraction = reader.fraction(), reader.takeUTC(), reader.isAtEnd,
            year >= 1, (1...12).contains(month), day >= 1, day <= CivilDate.length(ofMonth: month, year: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let seconds = days * 86400 + hour * 3600 + minute * 60 + second
        return Date(timeIntervalSince1970: Double(seconds) + Double(fraction) / 1_000_000)
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0

        var isAtEnd: Bool { at == bytes.count }

        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard at < bytes.count, bytes[at] == UInt8(ascii: scalar) else { return false }
            at += 1
            return true
        }

        mutating func digit() -> Int? {
            guard at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) else { return nil }
            defer { at += 1 }
            return Int(bytes[at] - UInt8(ascii: "0"))
        }

        mutating func number(_ digits: Int) -> Int? {
            var value = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Microseconds; 0 without a fraction, nil for a point without digits.
        mutating func fraction() -> Int? {
            guard take(".") else { return 0 }
            var (value, digits) = (0, 0)
            while let digit = digit() {
                if digits < 6 { value = value * 10 + digit }
                digits += 1
            }
            guard digits > 0 else { return nil }
            for _ in min(digits, 6)..<6 { value *= 10 }
            return value
        }

        mutating func takeUTC() -> Bool {
            if take("Z") || take("z") { return true }
            return "+00:00".unicodeScalars.allSatisfy { take($0) }
        }
    }

    private static let earliest = -62_135_596_800_000_000
    private static let latest = 253_402_300_799_999_999

    private static func floored(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
