/// A day of the proleptic Gregorian calendar, in UTC.
public struct CivilDate: Hashable, Sendable {
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// The caller sees to it that there is such a day.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    public init(daysSince1970 days: Int) {
        // The mean year is at most off by one, in either direction.
        var year = Int((Double(days) / 365.2425).rounded(.down)) + 1970
        while CivilDate(year: year, month: 1, day: 1).daysSince1970 > days { year -= 1 }
        while CivilDate(year: year + 1, month: 1, day: 1).daysSince1970 <= days { year += 1 }
        var (month, day) = (1, days - CivilDate(year: year, month: 1, day: 1).daysSince1970 + 1)
        while day > Self.length(ofMonth: month, year: year) {
            day -= Self.length(ofMonth: month, year: year)
            month += 1
        }
        self.init(year: year, month: month, day: day)
    }

    /// Counts from 1 March, so that the leap day is the last of its year.
    public var daysSince1970: Int {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    public static func length(ofMonth month: Int, year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
}
