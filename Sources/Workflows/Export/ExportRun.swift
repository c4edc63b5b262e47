import Contracts
import FoundationEssentials
import Isolation
import ObjectStore
import Postgres

/// One pass over everything that is held about a user, in one snapshot of the database, into the object store. The server gives it one
/// process and no more: others wait for theirs.
struct ExportRun {
    /// What the page shows of one category. All of it is in the document.
    static let pageLimit = 20_000
    /// Of one statement: longer than the pool's own, as reading a million rows takes its time.
    static let statementTimeout = "15min"

    let exportID: String
    let requestedAt: Date
    let folder: String
    let store: any ObjectStore
    let seal: ObjectSeal
    let controller: Controller

    struct Result: Sendable {
        let package: PackageWriter.Result
        let counts: [String: Int]
    }

    func run(_ rows: UserRows) async throws -> Result {
        let package = try await PackageWriter.open(store, folder: folder, seal: seal)
        do {
            let counts = try await rows.transaction(isolation: .repeatableRead, readOnly: true) { snapshot in
                try await snapshot.query(
                    """
                    select set_config('statement_timeout', \(Self.statementTimeout), true), set_config('jit', 'off', true),
                        set_config('max_parallel_workers_per_gather', '0', true)
                    """)
                let manifest = try await manifest(rows.user, snapshot)
                try await writeDocument(manifest, snapshot, package)
                try await writePage(manifest, snapshot, package)
                return manifest.counts
            }
            return Result(package: try await package.finish(), counts: counts)
        } catch {
            await package.abort()
            throw error
        }
    }

    private func manifest(_ user: UserID, _ snapshot: PostgresTransaction) async throws -> Manifest {
        let columns = ExportCategory.all.map { "\($0.counting) as \($0.name)" }.joined(separator: ", ")
        let row = try await snapshot.query(SQL(trusted: "select now() as at, \(columns)").named("export_counts"))[0]
        var counts: [String: Int] = [:]
        for category in ExportCategory.all { counts[category.name] = try row.decode(Int.self, category.name) }
        return Manifest(
            exportID: exportID, userID: user.rawValue, requestedAt: requestedAt,
            snapshotAt: try row.decode(Date.self, "at"), counts: counts, controller: controller, holder: store.holder)
    }

    private func writeDocument(
        _ manifest: Manifest, _ snapshot: PostgresTransaction, _ package: PackageWriter
    ) async throws {
        try await package.begin(.document, at: manifest.snapshotAt)
        try await package.write("{\"manifest\":\(manifest.json),\n")
        for category in ExportCategory.all {
            try await package.write("\"\(category.name)\":[")
            let count = try await copy(category.copy(), snapshot, package)
            guard count == manifest.counts[category.name] else { throw SnapshotMoved(category: category.name) }
            try await package.write("\n],\n")
        }
        try await package.write(
            "\"digest\":{\"algorithm\":\"sha256\",\"covers\":\"every byte before this line\",\"value\":\"\(package.digest)\"}}\n"
        )
    }

    private func writePage(
        _ manifest: Manifest, _ snapshot: PostgresTransaction, _ package: PackageWriter
    ) async throws {
        try await package.begin(.page, at: manifest.snapshotAt)
        try await package.write(PageTemplate.before)
        try await package.writeEscaped("{\"manifest\":\(manifest.json),\n\"limit\":\(Self.pageLimit)")
        try await package.writeEscaped(",\n\"months\":\(try await months(snapshot))")
        for category in ExportCategory.all {
            try await package.write(",\n\"\(category.name)\":[")
            _ = try await copy(category.copy(limit: Self.pageLimit), snapshot, package)
            try await package.write("]")
        }
        try await package.write("}")
        try await package.write(PageTemplate.after)
    }

    /// A piece is compressed while the server makes the next one and the socket's buffer takes it.
    private func copy(
        _ sql: SQL?, _ snapshot: PostgresTransaction, _ package: PackageWriter
    ) async throws -> Int {
        await package.beginRecords()
        guard let sql else { return 0 }
        for try await piece in snapshot.copyOut(sql) { try await package.writeRecords(piece) }
        return try await package.endRecords()
    }

    /// How many posts of each month, all of them: what the page draws even where it does not show every post.
    private func months(_ snapshot: PostgresTransaction) async throws -> String {
        try await snapshot.query(
            """
            select coalesce(json_agg(json_build_array(to_char(month, 'YYYY-MM'), posts) order by month), '[]')::text as months
            from (
                select date_trunc('month', posted_at at time zone 'UTC') as month, count(*) as posts from twitter_data
                where user_id = current_setting('repazoo.user_id') and posted_at is not null group by 1
            ) as counted
            """)[0].decode(String.self, "months")
    }
}

/// Two looks at one snapshot saw different things: never, unless a catalogue's two queries differ.
struct SnapshotMoved: Error, CustomStringConvertible {
    let category: String
    var description: String { "the records of \(category) are not as many as were counted" }
}
