import Contracts
public import FoundationEssentials

/// Points in time as cron writes them: minute, hour, day of month, month, day of week; in UTC, so that no hour is missing and
/// none comes twice.
///
/// Names, ranges, steps and lists are taken, and `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. When both the day of month
/// and the day of week are restricted, either is enough (crontab(5)); a field that lists all its values is not restricted. The times
/// are those of Python's croniter (1.3.5), less its slip past 1 March after a February without the day asked for.
public struct CronExpression: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    public let description: String
    private let minutes: CronValues
    private let hours: CronValues
    private let days: CronValues
    private let months: CronValues
    private let weekdays: CronValues

    /// For a point of time further away than this the expression has none: 30 February, say.
    private static let furthest = 50 * 366
    private static let minutesInDay = 1440

    public init(_ text: String) throws(CronFault) {
        let fields = (Self.nicknames[text.lowercased()] ?? text).split(whereSeparator: \.isWhitespace)
        guard fields.count == CronField.allCases.count, text.utf8.count <= 256 else {
            throw CronFault("expected five fields: minute, hour, day of month, month, day of week")
        }
        description = text
        minutes = try CronField.minute.values(fields[0])
        hours = try CronField.hour.values(fields[1])
        days = try CronField.day.values(fields[2])
        months = try CronField.month.values(fields[3])
        weekdays = try CronField.weekday.values(fields[4])
    }

    /// The first point in time after `date`; nil when there is none within 50 years.
    public func next(after date: Date) -> Date? {
        guard let minute = Self.minute(of: date) else { return nil }
        let start = Self.split(minute + 1)
        for day in start.day...(start.day + Self.furthest) where matches(CivilDate(daysSince1970: day)) {
            if let minute = firstMinute(from: day == start.day ? start.minute : 0) { return Self.date(day, minute) }
        }
        return nil
    }

    /// The last point in time that is not after `date`; nil when there is none within 50 years.
    public func latest(notAfter date: Date) -> Date? {
        guard let minute = Self.minute(of: date) else { return nil }
        let start = Self.split(minute)
        for day in (start.day - Self.furthest...start.day).reversed() where matches(CivilDate(daysSince1970: day)) {
            let end = day == start.day ? start.minute : Self.minutesInDay - 1
            if let minute = lastMinute(upTo: end) { return Self.date(day, minute) }
        }
        return nil
    }

    // MARK: Within a day

    private func matches(_ date: CivilDate) -> Bool {
        guard months.contains(date.month) else { return false }
        let isDay = days.contains(date.day)
        // 1970 began with a Thursday.
        let isWeekday = weekdays.contains(((date.daysSince1970 + 4) % 7 + 7) % 7)
        let areBothRestricted = days != CronField.day.all && weekdays != CronField.weekday.all
        return areBothRestricted ? isDay || isWeekday : isDay && isWeekday
    }

    private func firstMinute(from minute: Int) -> Int? {
        let hour = minute / 60
        if hours.contains(hour), let found = minutes.first(from: minute % 60) { return hour * 60 + found }
        guard let later = hours.first(from: hour + 1), let first = minutes.first(from: 0) else { return nil }
        return later * 60 + first
    }

    private func lastMinute(upTo minute: Int) -> Int? {
        let hour = minute / 60
        if hours.contains(hour), let found = minutes.last(upTo: minute % 60) { return hour * 60 + found }
        guard let earlier = hours.last(upTo: hour - 1), let last = minutes.last(upTo: 59) else { return nil }
        return earlier * 60 + last
    }

    // MARK: Minutes since 1970

    /// Nil outside the years 1 to 9949, for which there is always a next one within 50 years or none.
    private static func minute(of date: Date) -> Int? {
        let seconds = date.timeIntervalSince1970
        guard seconds > -62_135_596_800, seconds < 251_824_000_000 else { return nil }
        return Int((seconds / 60).rounded(.down))
    }

    private static func split(_ minute: Int) -> (day: Int, minute: Int) {
        let (day, rest) = minute.quotientAndRemainder(dividingBy: minutesInDay)
        return rest < 0 ? (day - 1, rest + minutesInDay) : (day, rest)
    }

    private static func date(_ day: Int, _ minute: Int) -> Date {
        Date(timeIntervalSince1970: Double((day * minutesInDay + minute) * 60))
    }

    private static let nicknames = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]
}
