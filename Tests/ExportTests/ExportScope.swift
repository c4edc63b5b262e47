import Contracts
import Foundation
import Isolation
import Logging
import ObjectStore
import Postgres
import Schema
import TestKit
import Testing

@testable import Export

/// A migrated schema and a folder for objects, both of one test's own.
struct ExportScope {
    let postgres: PostgresPool
    let store: FolderStore
    let folder: String

    static func with(_ body: (ExportScope) async throws -> Void) async throws {
        let name = uniqueName("exports")
        let configuration = PostgresConfiguration(
            url: try SharedServers.address(of: .postgres), maxConnections: 4, applicationName: "export-tests",
            acquireTimeout: .seconds(30), settings: ["timezone": "UTC", "search_path": name])
        let postgres = PostgresPool(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let folder = FileManager.default.temporaryDirectory.appending(path: name).path
        let scope = ExportScope(postgres: postgres, store: FolderStore(root: folder), folder: folder)
        var failure: (any Error)?
        do {
            try await postgres.query("create schema \(identifier: name)")
            _ = try await Migrator(postgres: postgres).apply()
            try await body(scope)
        } catch { failure = error }
        try? FileManager.default.removeItem(atPath: folder)
        _ = try? await postgres.query("drop schema if exists \(identifier: name) cascade")
        await postgres.close()
        if let failure { throw failure }
    }

    var keeper: ExportKeeper { ExportKeeper(postgres: postgres, store: store) }

    func rows(_ user: String) throws -> UserRows { postgres.rows(of: try #require(UserID(user))) }

    func addUser(_ user: String) async throws {
        try await postgres.query(
            "insert into users (id, handle, display_name, email) values (\(user), \(user + "_h"), \("<b>" + user), \(user + "@example.org"))"
        )
    }

    func claim(
        _ user: String, _ message: MessageID = .random(), now: Date = Date(), requestedAt: Date? = nil
    ) async throws -> ExportRow.Verdict {
        try await ExportRow.claim(
            try rows(user), message: message, requestedBy: "tester", requestedAt: requestedAt ?? now, now: now)
    }

    func claimed(_ user: String, _ message: MessageID = .random(), now: Date = Date()) async throws -> ExportRow {
        guard case .go(let row) = try await claim(user, message, now: now) else { throw NotClaimed() }
        return row
    }

    /// Makes the export of a claimed row and commits it; the seal opens its objects.
    @discardableResult
    func make(
        _ row: ExportRow, _ user: String, now: Date = Date(), life: TimeInterval = 86400
    ) async throws -> (result: ExportRun.Result, seal: ObjectSeal) {
        let seal = ObjectSeal()
        let result = try await run(row, seal).run(try rows(user))
        let expires = now.addingTimeInterval(life)
        try await rows(user).atomically([row.completion(result, secret: "sealed", at: now, expires: expires)])
        return (result, seal)
    }

    func run(_ row: ExportRow, _ seal: ObjectSeal) -> ExportRun {
        ExportRun(
            exportID: row.id.rawValue, requestedAt: row.requestedAt,
            folder: ExportFolder.prefix(row.id, attempt: row.attempt), store: store, seal: seal,
            controller: Controller(name: "Tester", contact: "here"))
    }

    func document(_ row: ExportRow, _ seal: ObjectSeal, _ name: String = "export.json") async throws -> [UInt8] {
        let key = try #require(ObjectKey(ExportFolder.prefix(row.id, attempt: row.attempt) + name))
        return try #require(try await store.get(key, maximum: 1 << 30, seal: seal))
    }

    func objects() async throws -> [String] { try await store.list("", after: nil, limit: 1000).map(\.key.rawValue) }

    func status(_ row: ExportRow) async throws -> String {
        try await postgres.query("select status from data_exports where id = \(row.id.rawValue)")[0].decode(
            String.self, at: 0)
    }

    struct NotClaimed: Error {}
}
