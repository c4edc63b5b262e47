import CPostgres

/// COPY and scripts on a leased connection.
extension Lease {
    enum Direction {
        case into
        case out

        var status: ExecStatusType { self == .into ? PGRES_COPY_IN : PGRES_COPY_OUT }
    }

    nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
        _ sql: SQL, from source: Source, _ location: SourceLocation
    ) async throws -> Int where Source.Element == [UInt8] {
        let owner = RawOwner()
        try await startCopy(sql, owner, .into, location)
        do {
            for try await piece in source {
                try await cancelling(owner) { try await connection.putCopy(piece) }
            }
            try Task.checkCancellation()
        } catch {
            await abort(owner)
            throw error
        }
        let results = try await cancelling(owner) {
            try await connection.finishCopyIn(abort: false)
            return try await connection.endRaw()
        }
        return results.last?.affected ?? 0
    }

    func script(_ text: String, _ location: SourceLocation) async throws {
        let owner = RawOwner()
        try await cancelling(owner) {
            try await connection.beginRaw(text, owner: owner, lease: id, location: location)
            try await connection.endScript(location)
        }
    }

    /// Sends the statement and takes the server's agreement to copy.
    func startCopy(_ sql: SQL, _ owner: RawOwner, _ direction: Direction, _ location: SourceLocation) async throws {
        guard sql.parameters.slots.isEmpty, sql.parameters.defect == nil else {
            throw PostgresError(.misuse, "COPY takes no parameters", location: location)
        }
        try await cancelling(owner) {
            try await connection.beginRaw(sql.text, owner: owner, lease: id, location: location)
            try await connection.expectCopy(direction, sql, location)
        }
    }

    /// Runs one step of a COPY. A cancelled task has the server stop it; the error that follows becomes `CancellationError`.
    func cancelling<T: Sendable>(
        _ owner: RawOwner, _ step: @Sendable () async throws -> T
    ) async throws -> T {
        try await withTaskCancellationHandler {
            do {
                return try await step()
            } catch let error as PostgresError where error.sqlState == .queryCanceled && Task.isCancelled {
                throw CancellationError()
            }
        } onCancel: {
            Task { await connection.cancelRaw(owner) }
        }
    }

    private func abort(_ owner: RawOwner) async {
        // The server answers with the error that we asked for; anything else has closed the connection.
        _ = try? await connection.finishCopyIn(abort: true)
        _ = try? await connection.endRaw()
    }
}

extension PostgresConnection {
    func expectCopy(_ direction: Lease.Direction, _ sql: SQL, _ location: SourceLocation) async throws {
        do {
            let result = try await nextRawResult()
            let status = result.map { PQresultStatus($0.storage.result) }
            if status == direction.status { return }
            // COPY of the wrong direction would leave us talking past each other.
            if status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH {
                fail(PostgresError(.connectionLost, "given up after a COPY in the wrong direction"))
            } else {
                try await endRaw()
            }
            throw PostgresError(.misuse, "the statement is not a COPY in this direction", location: location)
        } catch var error as PostgresError where error.kind == .server {
            _ = try? await endRaw()
            error.location = location.description
            error.statementName = sql.name
            throw error
        }
    }

    func endScript(_ location: SourceLocation) async throws {
        var failure: PostgresError?
        while isOpen {
            do {
                guard let result = try await nextRawResult() else { break }
                let status = PQresultStatus(result.storage.result)
                if status == PGRES_COPY_IN || status == PGRES_COPY_OUT {
                    fail(PostgresError(.connectionLost, "given up after a COPY in a script"))
                    failure = PostgresError(.misuse, "a script must not hold COPY", location: location)
                }
            } catch let error as PostgresError {
                failure = failure ?? error
            }
        }
        try await endRaw()
        if var failure {
            failure.location = location.description
            throw failure
        }
    }
}
