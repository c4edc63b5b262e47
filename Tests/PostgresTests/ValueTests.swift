import FoundationEssentials
import TestKit
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct ValueTests {
    private func echo<T: PostgresEncodable & PostgresDecodable & Equatable>(
        _ value: T, _ type: String, _ pool: PostgresPool
    ) async throws -> T {
        // The type stands in the text, not the value: it is a name of this test's own.
        var sql = SQL.Interpolation(literalCapacity: 0, interpolationCount: 1)
        sql.appendLiteral("select ")
        sql.appendInterpolation(value)
        sql.appendLiteral("::\(type) as v")
        return try await pool.query(SQL(stringInterpolation: sql))[0].decode(T.self, "v")
    }

    private func expectEcho<T: PostgresEncodable & PostgresDecodable & Equatable>(
        _ value: T, _ type: String, _ pool: PostgresPool
    ) async throws {
        let found = try await echo(value, type, pool)
        #expect(found == value)
    }

    @Test func everyTypeRoundTrips() async throws {
        try await TestDatabase.withPool { pool in
            for text in ["", "plain", "'; drop table users; --", "ünï — 🙂\u{301}", "a\\b\"c{},NULL", "\n\t"] {
                try await expectEcho(text, "text", pool)
                try await expectEcho([text, "x"], "text[]", pool)
                try await expectEcho([text, nil], "text[]", pool)
            }
            for number in [Int.min, -1, 0, 1, Int.max] {
                try await expectEcho(number, "bigint", pool)
                try await expectEcho(Int64(number), "bigint", pool)
            }
            for number in [
                0.1, -0.0, 1e-300, Double.leastNonzeroMagnitude, 1.7976931348623157e308, .infinity, -.infinity, 1.0 / 3,
            ] {
                try await expectEcho(number, "float8", pool)
            }
            let nan = try await echo(Double.nan, "float8", pool)
            #expect(nan.isNaN)
            try await expectEcho([1, -2, 3], "int[]", pool)
            try await expectEcho([Int](), "int[]", pool)
            try await expectEcho([1.5, -2], "float8[]", pool)
            try await expectEcho([true, false], "bool[]", pool)
            try await expectEcho(true, "bool", pool)
            try await expectEcho(String?.none, "text", pool)
            try await expectEcho(Int?.some(5), "int", pool)
            let bytes = (0...255).map { UInt8($0) }
            try await expectEcho(bytes, "bytea", pool)
            try await expectEcho([UInt8](), "bytea", pool)
            let uuid = UUID()
            try await expectEcho(uuid, "uuid", pool)
            try await expectEcho(JSONText(rawValue: #"{"a": "b\"c"}"#), "jsonb", pool)
        }
    }

    @Test func datesRoundTripToTheMicrosecond() async throws {
        try await TestDatabase.withPool { pool in
            // Whole microseconds of every era that a Double still tells apart.
            for microseconds: Int64 in [
                0, 1, -1, 999_999, -999_999, 1_700_000_000_123_456, -978_307_200_000_001, -60_000_000_000_000_000,
                -4_000_000_000_000_123, 3_000_000_000_000_001,
            ] {
                let date = Date(timeIntervalSinceReferenceDate: Double(microseconds) / 1_000_000)
                try await expectEcho(date, "timestamptz", pool)
                let epoch = try await pool.query(
                    "select (extract(epoch from \(date)::timestamptz) * 1000000)::bigint as us")
                #expect(try epoch[0].decode(Int64.self, "us") == microseconds + 978_307_200_000_000)
            }
            let dates = [Date(timeIntervalSinceReferenceDate: 0.000001), Date(timeIntervalSinceReferenceDate: 86_400)]
            try await expectEcho(dates, "timestamptz[]", pool)
        }
    }

    @Test(arguments: ["UTC", "Asia/Kathmandu", "America/New_York", "America/St_Johns", "Europe/Amsterdam"])
    func datesAreReadInAnyTimeZone(zone: String) async throws {
        var configuration = try TestDatabase.configuration(connections: 1)
        configuration.settings["timezone"] = zone
        try await TestDatabase.withPool(configuration) { pool in
            let row = try await pool.query(
                """
                select '1924-02-29 12:34:56.000789+00'::timestamptz as t, 'infinity'::timestamptz as i,
                       '0044-03-15 12:00:00+00 BC'::timestamptz as bc, '2024-02-29'::date as d,
                       extract(epoch from '0044-03-15 12:00:00+00 BC'::timestamptz)::bigint as epoch
                """
            )[0]
            let expected = Date(timeIntervalSince1970: -1_446_549_903.999211)
            let found = try row.decode(Date.self, "t")
            #expect(abs(found.timeIntervalSince(expected)) < 0.000001)
            #expect(try row.decode(Date.self, "bc").timeIntervalSince1970 == row.decode(Double.self, "epoch"))
            #expect(try row.decode(Date.self, "d").timeIntervalSince1970 == 1_709_164_800)
            #expect(throws: PostgresError.self) { try row.decode(Date.self, "i") }
        }
    }

    @Test(arguments: [
        "", "2024", "2024-13-01", "2024-00-10", "2024-01-01 25:00:00", "2024-01-01 00:00", "20a4-01-01", "0000-01-01",
        "2024-01-01 00:00:00+", "2024-01-01 00:00:00.", "2024-01-01 00:00:00+00 AD", "infinity", "-infinity",
        "2024-01-01 BCE",
    ])
    func malformedTimestampsAreRefused(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: PostgresTimestamp.ParseFailure.self) {
            _ = try bytes.withUnsafeBufferPointer { try PostgresTimestamp(parsing: $0) }
        }
    }

    @Test func datesOutOfRangeAreRefused() {
        for seconds in [Double.nan, .infinity, -.infinity, 1e300, -1e300] {
            #expect(Date(timeIntervalSinceReferenceDate: seconds).postgresText == nil)
        }
    }

    @Test(arguments: ["{", "}", "{a", "{\"a}", "{{1},{2}}", "{1,}", "{\"a\"b}", "[1]", "", "{\"\\}"])
    func malformedArraysAreRefused(text: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBufferPointer { PostgresArrayLiteral.parse($0) } == nil)
    }

    @Test func valuesAreParametersAndIdentifiersAreQuoted() async throws {
        let name = "Robert\"); drop table students; --"
        let sql: SQL = "select \(name), \(identifier: name) from \(identifier: "T")"
        #expect(sql.text == "select $1, \"Robert\"\"); drop table students; --\" from \"T\"")
        try await TestDatabase.withPool { pool in
            let row = try await pool.query("select \(name)::text as \(identifier: name)")[0]
            #expect(try row.decode(String.self, name) == name)
        }
    }

    @Test func whatCannotBeSentIsRefusedWithoutShowingIt() async throws {
        try await TestDatabase.withPool { pool in
            for sql: SQL in [
                "select \("geheim\0")", "select \(["geheim\0"])", "select 1 as \(identifier: "geheim\0")",
                "select \(Date(timeIntervalSinceReferenceDate: .nan))", "select 1 as \(identifier: "")",
            ] {
                let error = try #require(await postgresError { try await pool.query(sql) })
                #expect(error.kind == .encoding)
                #expect(!error.description.contains("geheim"))
            }
        }
    }

    @Test func wrongTypesAreErrorsThatNameTheColumn() async throws {
        try await TestDatabase.withPool { pool in
            let row = try await pool.query("select 'geheim' as word, null::text as nothing, 99999999999 as big")[0]
            func error(_ body: () throws -> Void) throws -> String {
                let error = #expect(throws: PostgresError.self) { try body() }
                return try #require(error).description
            }
            let wrong = try error { _ = try row.decode(Int.self, "word") }
            #expect(wrong.contains("word") && wrong.contains("Int") && !wrong.contains("geheim"))
            #expect(try error { _ = try row.decode(Int?.self, "word") }.contains("word"))
            #expect(try error { _ = try row.decode(String.self, "nothing") }.contains("NULL"))
            #expect(try error { _ = try row.decode(Int32.self, "big") }.contains("big"))
            #expect(try error { _ = try row.decode(String.self, "none") }.contains("none"))
            #expect(try error { _ = try row.decode(String.self, at: 3) }.contains("3"))
            #expect(try row.decode(String?.self, at: 1) == nil)
        }
    }
}
