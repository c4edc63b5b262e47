import CPostgres
import EventLoop

extension PostgresConnection {
    /// Puts a request on its way. If libpq cannot take it, the connection is given up and the request fails with it.
    func send(_ request: PipelinedRequest) {
        guard handle != nil else {
            request.continuation?.resume(throwing: PostgresError(.connectionLost, "the connection is closed"))
            return
        }
        if request.progress.kind.isRepeatable { sendDeallocations() }
        request.mayBeVictim = isCancelling
        inFlight.append(request)
        if write(request) {
            watchDeadline()
            pushOut()
        } else {
            fail(PostgresError(.connectionLost, "libpq could not take the request"))
        }
    }

    /// Brings a failed transaction block to its end without anyone waiting for it.
    func sendRollback() {
        send(PipelinedRequest(id: nextID(), statements: [], kind: .housekeeping, location: nil, continuation: nil))
    }

    /// libpq has sent what the socket took; if some is left, the loop says when to go on.
    func pushOut() {
        guard let handle, let watch else { return }
        let left = PQflush(handle)
        guard left >= 0 else {
            // What the server said before it closed may still be unread, and explains more than our write.
            receive()
            return fail(PostgresError(.connectionLost, "the connection to the server broke"))
        }
        guard (left == 1) != isWaitingToWrite else { return }
        isWaitingToWrite = left == 1
        loop.change(watch, to: isWaitingToWrite ? [.readable, .writable] : .readable)
    }

    private func write(_ request: PipelinedRequest) -> Bool {
        guard let handle else { return false }
        if openBlock != nil {
            guard writeControl("ROLLBACK", .control, request) else { return false }
            openBlock = nil
        }
        let isAtomic = request.progress.kind == .atomic
        if isAtomic {
            guard writeControl("BEGIN", .control, request) else { return false }
            openBlock = request.id
        }
        for (index, sql) in request.statements.enumerated() {
            guard write(sql, index, request) else { return false }
        }
        if isAtomic {
            guard writeControl("COMMIT", .commit, request) else { return false }
        }
        request.progress.expect(.sync)
        return PQpipelineSync(handle) == 1
    }

    private func write(_ sql: SQL, _ index: Int, _ request: PipelinedRequest) -> Bool {
        guard sql.isPrepared else {
            request.progress.expect(.execute(index: index, name: nil, wasCached: false))
            return execute(nil, sql.text, sql.parameters)
        }
        switch cache.lookUp(sql.text) {
        case .prepared(let name):
            request.progress.expect(.execute(index: index, name: name, wasCached: true))
            return execute(name, sql.text, sql.parameters)
        case .new(let name, let evicted):
            if let evicted { pendingDeallocations.append(evicted) }
            request.progress.expect(.prepare(index: index, name: name))
            guard PQsendPrepare(handle, name, sql.text, 0, nil) == 1 else { return false }
            request.progress.expect(.execute(index: index, name: name, wasCached: false))
            return execute(name, sql.text, sql.parameters)
        }
    }

    private func execute(_ name: String?, _ text: String, _ parameters: PostgresParameters) -> Bool {
        let connection = handle
        return scratch.withArguments(parameters) { count, types, values, lengths, formats in
            if let name {
                PQsendQueryPrepared(connection, name, count, values, lengths, formats, 0) == 1
            } else {
                PQsendQueryParams(connection, text, count, types, values, lengths, formats, 0) == 1
            }
        }
    }

    private func writeControl(_ word: String, _ step: RequestProgress.Step, _ request: PipelinedRequest) -> Bool {
        request.progress.expect(step)
        return PQsendQueryParams(handle, word, 0, nil, nil, nil, nil, 0) == 1
    }

    /// Only outside of a transaction: a DEALLOCATE that fails would take the transaction with it.
    private func sendDeallocations() {
        guard !pendingDeallocations.isEmpty else { return }
        let names = pendingDeallocations
        pendingDeallocations = []
        for name in names {
            let statement = SQL(trusted: "DEALLOCATE \(name)").unprepared()
            send(
                PipelinedRequest(
                    id: nextID(), statements: [statement], kind: .housekeeping, location: nil, continuation: nil))
        }
    }
}

/// The arrays that libpq's calls take, kept between calls. libpq copies everything before it returns.
struct ParameterScratch {
    private var values: [UnsafePointer<CChar>?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var types: [UInt32] = []

    private static let byteaType: UInt32 = 17

    mutating func withArguments(
        _ parameters: PostgresParameters,
        _ body: (Int32, [UInt32], [UnsafePointer<CChar>?], [Int32], [Int32]) -> Bool
    ) -> Bool {
        values.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
        return parameters.bytes.withUnsafeBytes { bytes in
            for slot in parameters.slots {
                let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                values.append(slot.length < 0 ? nil : start.map { $0 + Int(slot.offset) })
                lengths.append(max(0, slot.length))
                formats.append(slot.isBinary ? 1 : 0)
                types.append(slot.isBinary ? Self.byteaType : 0)
            }
            return body(Int32(parameters.slots.count), types, values, lengths, formats)
        }
    }
}
