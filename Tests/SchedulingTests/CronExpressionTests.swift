import Contracts
import Foundation
import TestKit
import Testing

@testable import Scheduling

@Suite(.timeLimit(.minutes(1)))
struct CronExpressionTests {
    @Test(arguments: [
        ("0 3 * * *", "2026-11-24T02:59:59Z", "2026-11-24T03:00:00Z"),
        ("0 3 * * *", "2026-11-24T03:00:00Z", "2026-11-25T03:00:00Z"),
        ("*/5 * * * *", "2026-12-31T23:57:00Z", "2027-01-01T00:00:00Z"),
        ("0 0 29 2 *", "2097-01-01T00:00:00Z", "2104-02-29T00:00:00Z"),
        ("0 0 1 * mon", "2026-11-24T00:00:00Z", "2026-11-30T00:00:00Z"),
        ("0 12 * jan-mar/2 *", "2026-02-01T00:00:00Z", "2026-03-01T12:00:00Z"),
        ("0 0 * * 7", "2026-11-24T00:00:00Z", "2026-11-29T00:00:00Z"),
        ("30 4 * * sat-sun", "2026-11-28T05:00:00Z", "2026-11-29T04:30:00Z"),
        ("@weekly", "2026-11-24T00:00:00Z", "2026-11-29T00:00:00Z"),
        ("0 0 1,31 * *", "2026-02-02T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("59 23 31 12 *", "1969-12-31T23:58:30Z", "1969-12-31T23:59:00Z"),
    ])
    func nextTimes(expression: String, after: String, next: String) throws {
        let start = try #require(RFC3339.date(after))
        #expect(try CronExpression(expression).next(after: start).map(RFC3339.text) == next)
    }

    @Test func thereIsNoThirtiethOfFebruary() throws {
        let cron = try CronExpression("0 0 30 2 *")
        #expect(cron.next(after: Date()) == nil)
        #expect(cron.latest(notAfter: Date()) == nil)
        #expect(cron.next(after: .distantFuture) == nil && cron.next(after: Date(timeIntervalSince1970: .nan)) == nil)
    }

    /// Looking back finds what looking forward finds.
    @Test func latestIsTheInverseOfNext() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<500 {
            guard let cron = try? CronExpression(RandomCron.expression(&random)) else { continue }
            let start = Date(timeIntervalSince1970: Double(Int.random(in: 0...4_000_000_000, using: &random)))
            guard let next = cron.next(after: start) else { continue }
            #expect(cron.latest(notAfter: next) == next)
            #expect(cron.latest(notAfter: next.addingTimeInterval(59)) == next)
            if let before = cron.latest(notAfter: next.addingTimeInterval(-1)) {
                #expect(before <= start && cron.next(after: before) == next, "\(cron)")
            }
        }
    }

    /// Bytes from anywhere end in an expression or a fault that names its field.
    @Test func nothingCrashesTheParser() {
        var random = SeededRandom(seed: 3)
        let alphabet = Array("0123456789*/-,? jansun@LW#\u{0}é\u{301}")
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
            if let cron = try? CronExpression(text) { _ = cron.next(after: Date()) }
        }
        #expect(throws: CronFault("day of week: 8: expected 0 to 7 or sun to sat")) { try CronExpression("* * * * 8") }
        #expect(throws: CronFault("hour: 22-2: a range goes upwards; write 22-23,0-2")) {
            try CronExpression("* 22-2 * * *")
        }
    }
}

@Suite(.timeLimit(.minutes(1)))
struct ScheduleBookTests {
    @Test func theReleasesOwnBookIsValid() throws {
        let book = try ScheduleBook.current()
        let retention = try #require(book.schedules.first { $0.name == "retention" })
        #expect(retention.routingKey == .retention && retention.cron.description == "0 3 * * *")
        let monitor = try #require(book.schedules.first { $0.name == "monitor" })
        #expect(monitor.routingKey == .monitor && monitor.cron.description == "*/5 * * * *")
    }

    @Test func allFaultsAreToldAtOnce() {
        let file = """
            {"schedules": [
              {"name": "Retention", "cron": "0 3 * * *", "routing_key": "retention", "purpose": "x"},
              {"name": "a", "cron": "61 * * * *", "routing_key": "nowhere", "purpose": "x"},
              {"name": "b", "cron": "0 0 30 2 *", "routing_key": "monitor", "purpose": ""},
              {"name": "c", "cron": "* * * * *", "routing_key": "monitor", "purpose": "x"},
              {"name": "c", "cron": "* * * * *", "routing_key": "monitor", "purpose": "x"}]}
            """
        #expect {
            try ScheduleBook.decode(Array(file.utf8))
        } throws: {
            ($0 as? InvalidSchedules)?.faults == [
                "schedules[0]: name: expected 1 to 64 lower-case letters, digits, - and _",
                "a: routing_key: expected retention or monitor", "a: cron: minute: 61: expected 0 to 59",
                "b: purpose: expected one line that says what it is for", "b: cron: it never comes",
                "c: name: there is one of this name before",
            ]
        }
        #expect(throws: InvalidSchedules.self) { try ScheduleBook.decode(Array("[]".utf8)) }
    }
}
