import Glibc
import Logging
import TestKit
import Testing

@testable import Postgres

/// The shared server, and tables that no other test uses.
enum TestDatabase {
    static var url: String { get throws { try SharedServers.address(of: .postgres) } }

    static func configuration(_ url: String? = nil, connections: Int = 4) throws -> PostgresConfiguration {
        // Patient, since the whole suite shares two cores with the server.
        PostgresConfiguration(
            url: try url ?? TestDatabase.url, maxConnections: connections, applicationName: "postgres-tests",
            acquireTimeout: .seconds(30))
    }

    static func withPool<T>(
        _ configuration: PostgresConfiguration? = nil,
        _ body: nonisolated(nonsending) (PostgresPool) async throws -> T
    ) async throws -> T {
        let pool = PostgresPool(
            configuration: try configuration ?? TestDatabase.configuration(), logger: Logger(label: "test"))
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }

    /// A table of its own, gone afterwards.
    static func withTable<T>(
        _ columns: String, _ pool: PostgresPool, _ body: nonisolated(nonsending) (String) async throws -> T
    ) async throws -> T {
        let table = uniqueName("t")
        try await pool.query(SQL(trusted: "create table \(table) (\(columns))"))
        do {
            let value = try await body(table)
            try await pool.query(SQL(trusted: "drop table \(table)"))
            return value
        } catch {
            _ = try? await pool.query(SQL(trusted: "drop table \(table)"))
            throw error
        }
    }

    /// Resident memory of this process in bytes.
    static var residentMemory: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }
}

/// Pieces for `copyIn`, made as they are asked for.
struct Pieces: AsyncSequence {
    let count: Int
    let make: @Sendable (Int) throws -> [UInt8]

    func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }

    struct Iterator: AsyncIteratorProtocol {
        let pieces: Pieces
        var index = 0

        mutating func next() async throws -> [UInt8]? {
            guard index < pieces.count else { return nil }
            defer { index += 1 }
            return try pieces.make(index)
        }
    }
}

/// The pool still works, on whatever connection is free.
func expectAnswer(from pool: PostgresPool) async throws {
    let answer = try await pool.query("select 1 as n")[0].decode(Int.self, "n")
    #expect(answer == 1)
}

struct Refusal: Error, Equatable {}

/// The `PostgresError` that `body` throws, or nil.
func postgresError(_ body: nonisolated(nonsending) () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
