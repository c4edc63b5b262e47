import Contracts
import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0), ("2026-01-01T03:00:00Z", 1_767_236_400), ("2024-02-29T23:59:59Z", 1_709_251_199),
        ("2000-03-01T00:00:00Z", 951_868_800), ("1969-12-31T23:59:59.500000Z", -0.5),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("2026-11-23T13:05:07.123456Z", 1_795_439_107.123456),
    ])
    func bothWays(text: String, seconds: Double) throws {
        #expect(RFC3339.text(Date(timeIntervalSince1970: seconds)) == text)
        let date = try #require(RFC3339.date(text))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_001)
    }

    @Test(arguments: [("2026-01-01t03:00:00z", 0), ("2026-01-01T03:00:00+00:00", 0), ("2026-01-01T03:00:00.25Z", 250)])
    func otherSpellings(text: String, milliseconds: Int) throws {
        let expected = 1_767_236_400 + Double(milliseconds) / 1000
        #expect(try #require(RFC3339.date(text)).timeIntervalSince1970 == expected)
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-01-01 03:00:00Z", "2026-01-01T03:00:00", "2026-01-01T03:00:00+01:00",
        "2026-1-1T03:00:00Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T23:60:00Z", "2026-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "2026-01-01T03:00:00.Z", "2026-01-01T03:00:00ZZ", "2026-01-01T03:00:00-00:00", "+2026-01-01T03:00:00Z",
        "2026-01-01T03:00:00Z\u{0}", "２０２６-01-01T03:00:00Z",
    ])
    func refuses(text: String) { #expect(RFC3339.date(text) == nil) }

    @Test func daysOfEightCenturiesComeBack() {
        for day in stride(from: -141_428, through: 146_097, by: 11) {
            let date = Date(timeIntervalSince1970: Double(day) * 86400)
            if RFC3339.date(RFC3339.text(date)) != date { Issue.record("day \(day)") }
        }
    }

    @Test func timesOutOfRangeAreBounded() {
        #expect(RFC3339.text(Date(timeIntervalSince1970: .infinity)) == "9999-12-31T23:59:59.999999Z")
        #expect(RFC3339.text(Date(timeIntervalSince1970: -1e300)) == "0001-01-01T00:00:00Z")
        #expect(RFC3339.text(Date(timeIntervalSince1970: .nan)) == "1970-01-01T00:00:00Z")
    }
}
