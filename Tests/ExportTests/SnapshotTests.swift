import Contracts
import Foundation
import ObjectStore
import Postgres
import Synchronization
import TestKit
import Testing

@testable import Export

/// An export is of one moment, whatever is written and deleted while it is made.
@Suite(.timeLimit(.minutes(1)))
struct SnapshotTests {
    @Test func whatHappensMeanwhileIsNotInIt() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-1")
            for id in ["early", "going"] { try await add(id, scope.postgres) }
            let row = try await scope.claimed("user-1")
            let seal = ObjectSeal()
            let run = ExportRun(
                exportID: row.id.rawValue, requestedAt: row.requestedAt,
                folder: ExportFolder.prefix(row.id, attempt: row.attempt),
                store: MeddlingStore(store: scope.store) {
                    try await add("late", scope.postgres)
                    try await scope.postgres.query("delete from twitter_data where tweet_id = 'going'")
                    try await scope.postgres.query("update users set handle = 'changed' where id = 'user-1'")
                }, seal: seal, controller: Controller(name: "Tester", contact: "here"))
            let result = try await run.run(try scope.rows("user-1"))
            let left = try await scope.postgres.query("select tweet_id from twitter_data order by 1")
            #expect(try left.map { try $0.decode(String.self, at: 0) } == ["early", "late"], "it was meddled with")
            #expect(result.counts["tweets"] == 2)
            for name in ["export.json", "index.html"] {
                let text = String(decoding: try await scope.document(row, seal, name), as: UTF8.self)
                #expect(text.contains(#""tweet_id":"early""#) && text.contains(#""tweet_id":"going""#), "\(name)")
                #expect(!text.contains(#""tweet_id":"late""#) && !text.contains("changed"), "\(name)")
            }
        }
    }

    private func add(_ id: String, _ postgres: PostgresPool) async throws {
        try await postgres.query(
            "insert into twitter_data (user_id, tweet_id, text, retain_until) values ('user-1', \(id), 'x', now())")
    }
}

/// Does something when the first bytes are written: the manifest, with the counts in it, is made then, and no record is read yet.
private final class MeddlingStore: ObjectStore {
    private let store: FolderStore
    private let meddle: @Sendable () async throws -> Void
    private let hasBegun = Mutex(false)

    init(store: FolderStore, meddle: @escaping @Sendable () async throws -> Void) {
        self.store = store
        self.meddle = meddle
    }

    func firstBytes() async throws(ObjectStoreError) {
        let isFirst = hasBegun.withLock { hasBegun in
            defer { hasBegun = true }
            return !hasBegun
        }
        guard isFirst else { return }
        do { try await meddle() } catch { throw ObjectStoreError(.unavailable, "\(error)") }
    }

    func create(_ key: ObjectKey, seal: ObjectSeal?) async throws(ObjectStoreError) -> any ObjectWriter {
        Writer(self, try await store.create(key, seal: seal))
    }
    func read(_ key: ObjectKey, range: Range<Int>?, seal: ObjectSeal?) async throws(ObjectStoreError) -> ObjectBody {
        try await store.read(key, range: range, seal: seal)
    }
    func delete(_ key: ObjectKey) async throws(ObjectStoreError) -> Bool { try await store.delete(key) }
    func deleteAll(under prefix: String) async throws(ObjectStoreError) -> Int {
        try await store.deleteAll(under: prefix)
    }
    func list(_ prefix: String, after key: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> [ObjectEntry] {
        try await store.list(prefix, after: key, limit: limit)
    }
    func abortBeginnings(under prefix: String, before time: Date) async throws(ObjectStoreError) -> Int {
        try await store.abortBeginnings(under: prefix, before: time)
    }
    func directLink(
        to key: ObjectKey, fileName: String, contentType: String, at time: Date, expires: Duration
    ) throws(ObjectStoreError) -> String? { nil }
    var holder: String { store.holder }

    private final class Writer: ObjectWriter {
        private let store: MeddlingStore
        private let writer: any ObjectWriter

        init(_ store: MeddlingStore, _ writer: any ObjectWriter) {
            self.store = store
            self.writer = writer
        }

        func write(_ bytes: [UInt8]) async throws(ObjectStoreError) {
            try await store.firstBytes()
            try await writer.write(bytes)
        }
        func finish() async throws(ObjectStoreError) { try await writer.finish() }
        func abort() async { await writer.abort() }
    }
}
