/// The inside of a transaction, valid while the body of `PostgresPool.transaction` runs.
///
/// After a statement has failed the server refuses all further ones (25P02): let the error out of the body.
public struct PostgresTransaction: Sendable {
    let lease: Lease

    @discardableResult
    public func query(_ sql: SQL, file: String = #fileID, line: UInt = #line) async throws -> PostgresResult {
        let location = SourceLocation(file: file, line: line)
        guard let result = try await run([sql], location).first else {
            throw PostgresError(.misuse, "the statement gave no result", location: location)
        }
        return result
    }

    /// Sends all statements in one round trip. At the first error the rest is skipped; the error names the statement.
    @discardableResult
    public func batch(
        _ statements: [SQL], file: String = #fileID, line: UInt = #line
    ) async throws -> [PostgresResult] {
        if statements.isEmpty { return [] }
        return try await run(statements, SourceLocation(file: file, line: line))
    }

    /// The rows of a SELECT, read as they are asked for. Valid while the transaction is.
    public func stream(_ sql: SQL, file: String = #fileID, line: UInt = #line) -> PostgresRowStream {
        let location = SourceLocation(file: file, line: line)
        let lease = lease
        return PostgresRowStream {
            let name = await lease.connection.nextCursorName()
            _ = try await lease.connection.run(
                [sql.prefixed("DECLARE \(name) NO SCROLL CURSOR FOR ").unprepared()], as: .inTransaction,
                lease: lease.id, location: location)
            return RowCursor(lease: lease, name: name, location: location) {
                // Refused if the transaction is over, and then not needed.
                _ = try? await lease.connection.run(
                    [SQL(trusted: "CLOSE \(name)").unprepared()], as: .inTransaction, lease: lease.id,
                    isCancellable: false, location: location)
            }
        }
    }

    /// Runs `COPY … FROM STDIN` with the pieces of `source`, which may be cut anywhere, and returns the number of rows.
    /// Back-pressure: the next piece is asked for when the last has left. If `source` throws, nothing is stored.
    @discardableResult
    public nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
        _ sql: SQL, from source: Source, file: String = #fileID, line: UInt = #line
    ) async throws -> Int where Source.Element == [UInt8] {
        try await lease.copyIn(sql, from: source, SourceLocation(file: file, line: line))
    }

    /// Runs `COPY … TO STDOUT`. While it is read no other statement can run on the transaction.
    public func copyOut(_ sql: SQL, file: String = #fileID, line: UInt = #line) -> PostgresCopyOut {
        let location = SourceLocation(file: file, line: line)
        let lease = lease
        return PostgresCopyOut { try await CopyOutSource.open(sql, lease, location, isAlone: false) {} }
    }

    /// Runs a script of many statements, such as a migration, by the simple protocol: no parameters, and only text that
    /// the program itself holds. COPY in it is refused.
    public func script(_ text: String, file: String = #fileID, line: UInt = #line) async throws {
        try await lease.script(text, SourceLocation(file: file, line: line))
    }

    private func run(_ statements: [SQL], _ location: SourceLocation) async throws -> [PostgresResult] {
        try await lease.connection.run(statements, as: .inTransaction, lease: lease.id, location: location)
    }
}
