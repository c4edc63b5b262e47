extension PostgresPool {
    /// The rows of a SELECT, read through a cursor in a read-only transaction of its own, so at constant memory.
    /// Nothing runs before the first row is asked for.
    public nonisolated func stream(_ sql: SQL, file: String = #fileID, line: UInt = #line) -> PostgresRowStream {
        let location = SourceLocation(file: file, line: line)
        return PostgresRowStream { [self] in
            let lease = try await begin(PostgresIsolation.readCommitted.begin(readOnly: true), location)
            let name = "rz_stream"
            // All rows will be read, so the plan is not to favour the first few.
            let opening: [SQL] = [
                "SET LOCAL cursor_tuple_fraction = 1", sql.prefixed("DECLARE \(name) NO SCROLL CURSOR FOR "),
            ]
            do {
                _ = try await lease.connection.run(opening, as: .inTransaction, lease: lease.id, location: location)
            } catch {
                throw await rollBack(lease, after: error, location)
            }
            return RowCursor(lease: lease, name: name, location: location) { [self] in
                _ = await rollBack(lease, after: CancellationError(), location)
            }
        }
    }

    /// Runs `COPY … FROM STDIN` as a transaction of its own: all rows, or none if `source` throws. Returns their number.
    @discardableResult
    public nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
        _ sql: SQL, from source: Source, file: String = #fileID, line: UInt = #line
    ) async throws -> Int where Source.Element == [UInt8] {
        let location = SourceLocation(file: file, line: line)
        let lease = try await lease(location)
        do {
            let count = try await lease.copyIn(sql, from: source, location)
            await giveBack(lease)
            return count
        } catch {
            await giveBack(lease)
            throw error
        }
    }

    /// Runs `COPY … TO STDOUT`; nothing runs before the first piece is asked for.
    public nonisolated func copyOut(_ sql: SQL, file: String = #fileID, line: UInt = #line) -> PostgresCopyOut {
        let location = SourceLocation(file: file, line: line)
        return PostgresCopyOut { [self] in
            let lease = try await lease(location)
            do {
                return try await CopyOutSource.open(sql, lease, location, isAlone: true) { [self] in
                    await giveBack(lease)
                }
            } catch {
                await giveBack(lease)
                throw error
            }
        }
    }
}
