import CPostgres
import EventLoop

/// A connection that is ready and not yet owned.
///
/// `@unchecked Sendable`: made by one thread and handed over once, to the `PostgresConnection` that then owns it.
struct ConnectedHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}

/// Connects on a thread of its own: libpq's blocking call is the one that honours everything a URL can say, including
/// `connect_timeout` for each of several hosts.
enum Connector {
    static func connect(_ configuration: PostgresConfiguration) async throws -> ConnectedHandle {
        try await BlockingThread.run(name: "repazoo-pg-conn") { try connectBlocking(configuration) }
    }

    private static func connectBlocking(_ configuration: PostgresConfiguration) throws(PostgresError) -> ConnectedHandle
    {
        try configuration.validate()
        let parameters = parameters(for: configuration)
        let connected = withCStrings(parameters.map(\.0)) { keywords in
            withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let connection = connected else { throw PostgresError(.unavailable, "no memory for a connection") }
        guard PQstatus(connection) == CONNECTION_OK else {
            defer { PQfinish(connection) }
            throw failure(of: connection)
        }
        // Notices would go to standard error, and may hold values.
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        return ConnectedHandle(pointer: connection)
    }

    /// Of two values for a keyword libpq takes the later: what stands before `dbname` is a default for the URL in it, what
    /// stands behind is fixed.
    private static func parameters(for configuration: PostgresConfiguration) -> [(String, String)] {
        let seconds = max(2, configuration.connectTimeout.components.seconds)
        return [
            ("connect_timeout", "\(seconds)"),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
            ("fallback_application_name", configuration.applicationName),
            ("dbname", configuration.url),
            ("client_encoding", "UTF8"),
        ]
    }

    /// libpq's text names host, user and database and what the server said, but no password.
    private static func failure(of connection: OpaquePointer) -> PostgresError {
        let text = String(cString: PQerrorMessage(connection)).split(separator: "\n").joined(separator: "; ")
        let wantedPassword = PQconnectionUsedPassword(connection) == 1 || PQconnectionNeedsPassword(connection) == 1
        return PostgresError(wantedPassword ? .authentication : .unavailable, text)
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        var bytes: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(bytes.count)
            bytes.append(contentsOf: string.utf8CString)
        }
        return bytes.withUnsafeBufferPointer { buffer in
            let pointers: [UnsafePointer<CChar>?] = offsets.map { buffer.baseAddress! + $0 } + [nil]
            return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
        }
    }
}
