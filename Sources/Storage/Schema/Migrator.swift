public import Postgres

/// Brings the database to the schema that this program knows.
///
/// Each migration runs in its own transaction together with its row in `schema_migrations`. An advisory lock puts any number
/// of processes that start at once in line: the first applies, the others find nothing left to do.
public struct Migrator: Sendable {
    public enum State: Equatable, Sendable {
        case applied(at: String)
        case pending
        /// Applied with another text than this program's.
        case changed
        /// Applied by a newer program; this one does not know it.
        case unknown
    }

    public struct Status: Sendable {
        public let number: Int
        public let name: String
        public let state: State
    }

    public enum Fault: Error, CustomStringConvertible {
        case changed(number: Int, name: String)
        case newerThanProgram(number: Int)

        public var description: String {
            switch self {
            case .changed(let number, let name):
                "migration \(number) (\(name)) was applied with a different text: this database was made by another build; "
                    + "run the build that made it, or restore the file"
            case .newerThanProgram(let number):
                "the database has migration \(number), which this program does not know: install the newer release"
            }
        }
    }

    private struct Applied {
        let checksum: String
        let name: String
        let at: String
    }

    /// Any number that nobody else uses for an advisory lock in this database: "repazoo" in ASCII, shortened.
    private static let lock = 0x72_65_70_61_7a_6f

    private let postgres: PostgresPool
    private let migrations: [Migration]

    public init(postgres: PostgresPool) { self.init(postgres: postgres, migrations: Migration.all) }

    init(postgres: PostgresPool, migrations: [Migration]) {
        self.postgres = postgres
        self.migrations = migrations
    }

    /// Applies what is missing, in order, and returns what it applied.
    public func apply(progress: (Migration) -> Void = { _ in }) async throws -> [Migration] {
        var done: [Migration] = []
        while true {
            let applied = try await postgres.transaction { transaction -> Migration? in
                try await transaction.query("select pg_advisory_xact_lock(\(Self.lock))")
                try await Self.makeTable(transaction)
                let recorded = try await Self.read(transaction.query(Self.listing))
                try check(recorded)
                guard let next = migrations.first(where: { recorded[$0.number] == nil }) else { return nil }
                try await transaction.script(next.sql)
                try await transaction.query(
                    "insert into schema_migrations (number, name, checksum) values (\(next.number), \(next.name), \(next.checksum))"
                )
                return next
            }
            guard let applied else { return done }
            progress(applied)
            done.append(applied)
        }
    }

    /// What is applied, pending, changed or unknown. Changes nothing.
    public func status() async throws -> [Status] {
        let exists = try await postgres.query("select to_regclass('schema_migrations') is not null as there").first
        let recorded =
            try exists?.decode(Bool.self, "there") == true ? Self.read(await postgres.query(Self.listing)) : [:]
        let known = migrations.map { migration in
            let state: State =
                switch recorded[migration.number] {
                case nil: .pending
                case let row? where row.checksum != migration.checksum: .changed
                case let row?: .applied(at: row.at)
                }
            return Status(number: migration.number, name: migration.name, state: state)
        }
        let unknown = recorded.keys.filter { number in !migrations.contains { $0.number == number } }.sorted()
        return known + unknown.map { Status(number: $0, name: recorded[$0]?.name ?? "", state: .unknown) }
    }

    private func check(_ recorded: [Int: Applied]) throws(Fault) {
        for migration in migrations {
            if let row = recorded[migration.number], row.checksum != migration.checksum {
                throw .changed(number: migration.number, name: migration.name)
            }
        }
        if let newest = recorded.keys.max(), newest > migrations.last?.number ?? 0 {
            throw .newerThanProgram(number: newest)
        }
    }

    private static let listing: SQL = """
        select number, name, checksum, to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as applied_at
        from schema_migrations order by number
        """

    private static func read(_ rows: PostgresResult) throws -> [Int: Applied] {
        var recorded: [Int: Applied] = [:]
        for row in rows {
            recorded[try row.decode(Int.self, "number")] = Applied(
                checksum: try row.decode(String.self, "checksum"), name: try row.decode(String.self, "name"),
                at: try row.decode(String.self, "applied_at"))
        }
        return recorded
    }

    private static func makeTable(_ transaction: PostgresTransaction) async throws {
        try await transaction.query(
            """
            create table if not exists schema_migrations (
                number integer primary key, name text not null, checksum text not null,
                applied_at timestamptz not null default now())
            """)
    }
}
