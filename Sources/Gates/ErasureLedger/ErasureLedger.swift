public import Contracts
public import FoundationEssentials
public import ObjectStore
public import Postgres

/// Who was erased, by hash: in the database, and as a copy in the object store, which a restored backup of the database does
/// not take back with it. A database whose ledger is older than the copy holds people who were erased.
///
/// One object for each entry, never changed, under keys in the order of the entries: copying needs no lock, and whether there is
/// anything behind the database's last entry is one listing.
public struct ErasureLedger: Sendable {
    public struct Entry: Equatable, Sendable {
        public let position: Int
        public let id: String
        /// SHA-256 of the ledger's salt, a colon and the user's id.
        public let subject: String
        public let erasedAt: Date
    }

    private let postgres: PostgresPool
    private let store: any ObjectStore

    public init(postgres: PostgresPool, store: any ObjectStore) {
        self.postgres = postgres
        self.store = store
    }

    /// Enters a user, in the transaction that erases. Waits for others who enter somebody.
    public static func entry(of user: UserID, at time: Date) -> SQL {
        SQL("select enter_in_ledger(\(user.rawValue), \(time))").named("ledger_entry")
    }

    /// Brings every entry that is not there yet into the object store. May be done by many at once.
    public func copy(at now: Date) async throws {
        let ledger = try await name()
        while true {
            let rows = try await postgres.query(
                SQL(
                    """
                    select position, entry_id, subject, erased_at from erasure_ledger where copied_at is null
                    order by position limit 100
                    """
                ).named("ledger_uncopied"))
            if rows.isEmpty { return }
            for row in rows {
                let entry = try Entry(row)
                try await store.put(try key(of: entry, in: ledger), entry.bytes)
                try await postgres.query(
                    SQL("update erasure_ledger set copied_at = \(now) where position = \(entry.position)")
                        .named("ledger_copied"))
            }
        }
    }

    /// Entries of the copy that this database does not have, oldest first; at most `limit`.
    public func missing(limit: Int = 1000) async throws -> [Entry] {
        let ledger = try await name()
        let last = try await postgres.query(
            SQL("select coalesce(max(position), 0) as last from erasure_ledger").named("ledger_last"))[0]
        let first = try last.decode(Int.self, "last") + 1
        // A key is its position and more: the bare position comes before all of the same and later ones.
        let start = ObjectKey("\(prefix(ledger))\(Self.padded(first))")
        var entries: [Entry] = []
        for object in try await store.list(prefix(ledger), after: start, limit: limit) {
            guard let bytes = try await store.get(object.key, maximum: 4096) else { continue }
            entries.append(try Entry(bytes))
        }
        return entries
    }

    /// Brings the database's ledger up to entries of the copy, once what they say is true of it.
    public func adopt(_ entries: [Entry], at now: Date) async throws {
        for entry in entries {
            try await postgres.query(
                SQL(
                    """
                    insert into erasure_ledger (position, entry_id, subject, erased_at, copied_at)
                    values (\(entry.position), \(entry.id), \(entry.subject), \(entry.erasedAt), \(now))
                    on conflict do nothing
                    """
                ).named("ledger_adopt"))
        }
    }

    private func name() async throws -> String {
        try await postgres.query(SQL("select id from erasure_ledger_name").named("ledger_name"))[0]
            .decode(String.self, "id")
    }

    private func prefix(_ ledger: String) -> String { "ledger/\(ledger)/" }

    private func key(of entry: Entry, in ledger: String) throws -> ObjectKey {
        guard let key = ObjectKey("\(prefix(ledger))\(Self.padded(entry.position))-\(entry.id).json") else {
            throw UnreadableLedger()
        }
        return key
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}

/// An entry is not what we write.
public struct UnreadableLedger: Error, CustomStringConvertible {
    public init() {}

    public var description: String {
        "the erasure ledger in the object store (ledger/…) holds an entry that cannot be read: restore it from where the "
            + "object store is backed up"
    }
}

extension ErasureLedger.Entry {
    init(_ row: PostgresRow) throws {
        self.init(
            position: try row.decode(Int.self, "position"), id: try row.decode(String.self, "entry_id"),
            subject: try row.decode(String.self, "subject"), erasedAt: try row.decode(Date.self, "erased_at"))
    }

    init(_ bytes: [UInt8]) throws {
        guard let members = try? JSONValue.object(parsing: bytes), case .integer(let position) = members["position"],
            case .string(let id) = members["id"], case .string(let subject) = members["subject"],
            case .string(let time) = members["erased_at"], let erasedAt = RFC3339.date(time)
        else { throw UnreadableLedger() }
        self.init(position: position, id: id, subject: subject, erasedAt: erasedAt)
    }

    var bytes: [UInt8] {
        let json: JSONValue = [
            "position": .integer(position), "id": .string(id), "subject": .string(subject),
            "erased_at": .string(RFC3339.text(erasedAt)),
        ]
        return Array(json.text.utf8)
    }
}
