import CPostgres

extension PostgresError {
    /// Reads a failed result. Takes SQLSTATE, constraint, table and, from harmless classes only, the primary message.
    init(failedResult result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
        }
        guard let code = field("C") else {
            // Without an SQLSTATE the error is libpq's own: the socket, TLS or the protocol.
            self.init(.connectionLost, "the connection to the server broke")
            return
        }
        let state = SQLState(rawValue: code)
        let message = state.hasHarmlessMessage ? field("M") : nil
        self.init(.server, message ?? state.conditionName)
        sqlState = state
        constraint = field("n")
        table = field("t")
        isConnectionFatal = ["FATAL", "PANIC"].contains(field("V") ?? "")
    }
}
