/// A connection that one caller has for itself.
struct Lease: Sendable {
    let connection: PostgresConnection
    let id: UInt64
}

extension PostgresPool {
    /// Runs `body` in a transaction on a connection of its own: committed when it returns, rolled back when it throws.
    ///
    /// A single failure is thrown as it is, the body's own error too; if the rollback failed as well, both are in a
    /// `PostgresTransactionError`. A lost COMMIT is a `connectionLost` with `outcome` unknown. The body runs where the
    /// caller runs, and its transaction is refused after it.
    public nonisolated(nonsending) func transaction<T>(
        isolation: PostgresIsolation = .readCommitted, readOnly: Bool = false, file: String = #fileID,
        line: UInt = #line, _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let location = SourceLocation(file: file, line: line)
        let lease = try await begin(isolation.begin(readOnly: readOnly), location)
        let value: T
        do {
            value = try await body(PostgresTransaction(lease: lease))
        } catch {
            throw await rollBack(lease, after: error, location)
        }
        try await commit(lease, location)
        return value
    }

    // MARK: Leases

    func lease(_ location: SourceLocation) async throws -> Lease {
        let connection = try await acquire(.exclusive, location)
        return Lease(connection: connection, id: await connection.beginLease())
    }

    func giveBack(_ lease: Lease) async {
        await lease.connection.endLease(lease.id)
        // An abandoned COPY must be over before the next caller comes.
        try? await lease.connection.awaitPipeline(nil)
        release(lease.connection, .exclusive)
    }

    func begin(_ opening: SQL, _ location: SourceLocation) async throws -> Lease {
        var repeats = 0
        while true {
            let lease = try await lease(location)
            do {
                _ = try await lease.connection.run([opening], as: .begin, lease: lease.id, location: location)
                return lease
            } catch {
                await recover(lease, location)
                guard let again = error as? Resubmission else { throw error }
                repeats += 1
                if repeats > 3 { throw again.error }
            }
        }
    }

    func commit(_ lease: Lease, _ location: SourceLocation) async throws {
        await lease.connection.endLease(lease.id)
        do {
            let results = try await lease.connection.run(
                [SQL(trusted: "COMMIT").named("COMMIT")], as: .commit, isCancellable: false, location: location)
            await giveBack(lease)
            if results.first?.tag == "ROLLBACK" {
                throw PostgresError(
                    .rolledBack, "a statement had failed and its error was not passed on", location: location)
            }
        } catch let error as PostgresError where error.kind == .rolledBack {
            throw error
        } catch {
            // A COMMIT that was refused has ended the transaction; one that never left us has not.
            if let error = error as? PostgresError, error.kind == .misuse {
                throw await rollBack(lease, after: error, location)
            }
            await giveBack(lease)
            throw error
        }
    }

    /// Returns what to throw.
    func rollBack(_ lease: Lease, after error: any Error, _ location: SourceLocation) async -> any Error {
        guard await lease.connection.isOpen else {
            // The server rolls back what it has lost the client of.
            release(lease.connection, .exclusive)
            return error
        }
        do {
            try await end(lease, location)
            return error
        } catch let second {
            return PostgresTransactionError(body: error, rollback: second)
        }
    }

    private func recover(_ lease: Lease, _ location: SourceLocation) async {
        try? await end(lease, location)
    }

    /// Rolls back and gives the connection back, or gives it up if that fails.
    private func end(_ lease: Lease, _ location: SourceLocation) async throws {
        await lease.connection.endLease(lease.id)
        do {
            _ = try await lease.connection.run(
                [SQL(trusted: "ROLLBACK").named("ROLLBACK")], as: .housekeeping, isCancellable: false,
                location: location)
            await giveBack(lease)
        } catch {
            await lease.connection.fail(PostgresError(.connectionLost, "a transaction could not be rolled back"))
            release(lease.connection, .exclusive)
            throw error
        }
    }
}
