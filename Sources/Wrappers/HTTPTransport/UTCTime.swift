import FoundationEssentials
import Glibc

/// A moment in UTC, in the spellings that AWS and mail ask for.
struct UTCTime: Sendable {
    /// `20130524`
    let awsDate: String
    /// `20130524T000000Z`
    let awsTime: String
    /// `Fri, 24 May 2013 00:00:00 +0000` (RFC 5322 §3.3)
    let mailDate: String

    init(_ date: Date) {
        // Clamped to years 0…9999, the only ones these spellings can hold.
        let given = date.timeIntervalSince1970.rounded(.down)
        let seconds = given.isNaN ? 0 : min(max(given, -62_167_219_200), 253_402_300_799)
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Self.padded($0) }
        let year = Self.padded(parts.tm_year + 1900, 4)
        let day = Self.padded(parts.tm_mday)
        awsDate = "\(year)\(Self.padded(parts.tm_mon + 1))\(day)"
        awsTime = "\(awsDate)T\(clock.joined())Z"
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        mailDate =
            "\(days[Int(parts.tm_wday)]), \(day) \(months[Int(parts.tm_mon)]) \(year) \(clock.joined(separator: ":")) +0000"
    }

    private static func padded(_ value: Int32, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
