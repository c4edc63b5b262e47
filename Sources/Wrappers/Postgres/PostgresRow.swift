import CPostgres

/// One row. Columns are read by name or by position, as the type asked for.
public struct PostgresRow: Sendable {
    let storage: ResultStorage
    let index: Int32

    public var columns: [String] { storage.columns }

    /// Throws `decoding`, naming column and type but never the value.
    public func decode<T: PostgresDecodable>(
        _ type: T.Type = T.self, _ column: String, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> T {
        guard let position = storage.columns.firstIndex(of: column) else {
            throw PostgresError(
                .decoding, "the result has no column \(column)", location: SourceLocation(file: file, line: line))
        }
        return try decode(type, at: position, file: file, line: line)
    }

    /// Positions count from 0.
    public func decode<T: PostgresDecodable>(
        _ type: T.Type = T.self, at position: Int, file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> T {
        guard storage.columns.indices.contains(position) else {
            throw failure("the result has no column \(position)", file, line)
        }
        let column = Int32(position)
        let result = storage.result
        if PQgetisnull(result, index, column) == 1 {
            guard let null = T.postgresNull else {
                throw failure("column \(storage.columns[position]) is NULL, which is not a \(T.self)", file, line)
            }
            return null
        }
        let decoded = withExtendedLifetime(storage) {
            let start = UnsafeRawPointer(PQgetvalue(result, index, column)!).assumingMemoryBound(to: UInt8.self)
            let bytes = UnsafeBufferPointer(start: start, count: Int(PQgetlength(result, index, column)))
            return T.decode(PostgresCell(bytes: bytes, type: PQftype(result, column)))
        }
        guard let decoded else {
            let type = PQftype(result, column)
            throw failure("column \(storage.columns[position]) (type oid \(type)) is not a \(T.self)", file, line)
        }
        return decoded
    }

    private func failure(_ message: String, _ file: String, _ line: UInt) -> PostgresError {
        PostgresError(.decoding, message, location: SourceLocation(file: file, line: line))
    }
}
