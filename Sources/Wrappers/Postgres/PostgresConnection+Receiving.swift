import CPostgres

extension PostgresConnection {
    /// Reads what has come and hands every finished request its results.
    func receive() {
        guard let handle else { return }
        let isAlive = PQconsumeInput(handle) == 1
        takeResults()
        guard self.handle != nil else { return }
        if !isAlive || PQstatus(handle) == CONNECTION_BAD {
            fail(PostgresError(.connectionLost, "the connection to the server broke"))
        }
    }

    private func takeResults() {
        var marksAtSync = 0
        while let request = inFlight.first, let handle, PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                // The end of a step. A Sync has no such mark, but an error that comes at it does (a deferred constraint of a
                // statement that commits by itself), and the Sync's own result is still to come.
                if case .sync = request.progress.current {
                    marksAtSync += 1
                    if marksAtSync > 2 { return }
                } else {
                    request.progress.advance()
                }
                continue
            }
            marksAtSync = 0
            take(result, for: request)
        }
        // With nothing on its way this lets libpq look at what the server says on its own account.
        if inFlight.isEmpty, let handle { _ = PQisBusy(handle) }
    }

    private func take(_ result: OpaquePointer, for request: PipelinedRequest) {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            takeSuccess(result, for: request)
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            finish(request)
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            apply(request.progress.receive(.aborted), request)
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQclear(result)
            giveUpForMisuse(request, "COPY runs through copyIn and copyOut only")
        default:
            let error = PostgresError(failedResult: result)
            PQclear(result)
            // The loss itself is met in `receive`, which knows of all requests.
            guard error.kind == .server else { return }
            apply(request.progress.receive(.failed(labelled(error, request))), request)
        }
    }

    private func takeSuccess(_ result: OpaquePointer, for request: PipelinedRequest) {
        guard case .execute = request.progress.current else {
            PQclear(result)
            apply(request.progress.receive(.done), request)
            return
        }
        let rows = PostgresResult(taking: result)
        if request.progress.kind == .autocommit, rows.storage.columns.isEmpty,
            ["BEGIN", "START TRANSACTION"].contains(rows.tag)
        {
            // Other callers' statements would run inside of it.
            return giveUpForMisuse(request, "a transaction must be opened by transaction() or atomically()")
        }
        apply(request.progress.receive(.rows(rows)), request)
    }

    private func apply(_ action: RequestProgress.Action, _ request: PipelinedRequest) {
        guard case .forget(let index, let name, let deallocate) = action else { return }
        cache.forget(request.statements[index].text, name: name)
        if deallocate { pendingDeallocations.append(name) }
    }

    private func finish(_ request: PipelinedRequest) {
        _ = inFlight.popFirst()
        makeOldest()
        guard let error = request.progress.failure else {
            if openBlock == request.id { openBlock = nil }
            request.continuation?.resume(returning: request.progress.results)
            request.continuation = nil
            return
        }
        if openBlock == request.id { sendRollback() }
        if request.isCancelled, error.sqlState == .queryCanceled {
            request.continuation?.resume(throwing: CancellationError())
        } else if !request.isCancelled, request.progress.mayRepeat(isVictimOfCancel: request.mayBeVictim) {
            request.continuation?.resume(throwing: Resubmission(error: error))
        } else {
            request.continuation?.resume(throwing: error)
        }
        request.continuation = nil
    }

    private func makeOldest() {
        guard let next = inFlight.first else { return }
        next.oldestSince = .now
        if next.isCancelled { cancelAtServer() }
    }

    private func labelled(_ error: PostgresError, _ request: PipelinedRequest) -> PostgresError {
        var error = error
        error.location = request.location?.description
        if let index = request.progress.failedStatement {
            error.statementName = request.statements[index].name
            if request.progress.kind == .atomic || request.statements.count > 1 { error.statementIndex = index }
        }
        return error
    }

    private func giveUpForMisuse(_ request: PipelinedRequest, _ message: String) {
        let error = PostgresError(.misuse, message, location: request.location)
        _ = request.progress.receive(.failed(error))
        fail(PostgresError(.connectionLost, "another request on the connection broke its rules"))
    }
}
