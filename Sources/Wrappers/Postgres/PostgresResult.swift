import CPostgres

/// What a statement gave back: its rows, and how many it touched.
///
/// The rows stay in libpq's own memory; nothing is copied until a column is decoded. A row keeps its whole result alive.
public struct PostgresResult: Sendable, RandomAccessCollection {
    let storage: ResultStorage
    /// Rows inserted, updated, deleted or selected; 0 for statements that count nothing.
    public let affected: Int

    init(taking result: OpaquePointer) {
        storage = ResultStorage(taking: result)
        affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { storage.rowCount }
    public subscript(index: Int) -> PostgresRow {
        precondition(index >= 0 && index < storage.rowCount, "row \(index) of \(storage.rowCount)")
        return PostgresRow(storage: storage, index: Int32(index))
    }

    public var rows: PostgresResult { self }
    public var columns: [String] { storage.columns }

    /// Bytes that libpq holds for it.
    var memorySize: Int { PQresultMemorySize(storage.result) }
    /// The server's word for what it did, such as `COMMIT`.
    var tag: String { String(cString: PQcmdStatus(storage.result)) }
}

/// Owns a `PGresult` and clears it at the end.
///
/// `@unchecked Sendable`: a `PGresult` is not changed after its creation and may be read by any thread (libpq's manual,
/// "Behavior in Threaded Programs"); this one is reached through immutable properties only.
final class ResultStorage: @unchecked Sendable {
    let result: OpaquePointer
    let rowCount: Int
    let columns: [String]

    init(taking result: OpaquePointer) {
        self.result = result
        rowCount = Int(PQntuples(result))
        // A COPY counts its columns too, but has no names for them.
        columns = (0..<PQnfields(result)).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
    }

    deinit { PQclear(result) }
}
