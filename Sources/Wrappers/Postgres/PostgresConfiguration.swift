import CPostgres

/// Where the server is and how to treat it.
///
/// The URL goes to libpq as it is, so every parameter of a libpq URI is honoured (`sslmode=verify-full`, several hosts,
/// `target_session_attrs`, …). What it leaves open gets safer defaults: keepalives, `tcp_user_timeout`, `connect_timeout`.
public struct PostgresConfiguration: Sendable {
    /// Holds the password: never printed.
    let url: String
    public var maxConnections: Int
    /// For each host of the URL, unless it sets `connect_timeout` itself. libpq counts whole seconds, at least 2.
    public var connectTimeout: Duration
    /// The server's `statement_timeout` for every session. Nil leaves what the server or the URL says.
    public var statementTimeout: Duration?
    public var applicationName: String
    /// How long a request waits for a connection before it fails with `unavailable`.
    public var acquireTimeout: Duration
    /// How long the oldest request of a connection may go unanswered before the connection is given up. It is the net under
    /// `statementTimeout`, for servers and networks that have gone silent: keep it longer.
    public var requestTimeout: Duration
    /// Requests of different callers that may be on their way on one connection at a time.
    public var pipelineDepth: Int
    /// Prepared statements kept for each connection.
    public var statementCacheSize: Int
    /// Session settings, applied to each new connection. Text encoding and output formats are the client's own and not to be set.
    public var settings: [String: String]
    /// Counts the statements; nil = nobody does.
    public var counter: AccessCounter?

    public init(
        url: String, maxConnections: Int = 8, connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration? = .seconds(30), applicationName: String = "repazoo",
        acquireTimeout: Duration = .seconds(5), requestTimeout: Duration = .seconds(60), pipelineDepth: Int = 16,
        statementCacheSize: Int = 256, settings: [String: String] = ["timezone": "UTC"]
    ) {
        self.url = url
        self.maxConnections = max(1, maxConnections)
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.applicationName = applicationName
        self.acquireTimeout = acquireTimeout
        self.requestTimeout = requestTimeout
        self.pipelineDepth = max(1, pipelineDepth)
        self.statementCacheSize = max(1, statementCacheSize)
        self.settings = settings
    }

    /// Throws `configuration` if libpq cannot read the URL. The error does not repeat it.
    public func validate() throws(PostgresError) {
        _ = try parsed()
    }

    /// The URL's parameters by libpq's names.
    func parsed() throws(PostgresError) -> [String: String] {
        // libpq's own message is dropped: it may quote the part of the URL that holds the password.
        guard let options = PQconninfoParse(url, nil) else {
            throw PostgresError(
                .configuration,
                "the database URL is not one that libpq can read (postgresql://user:password@host:port/name?…)")
        }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return found
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Host, port and database; no user, no password.
    public var description: String {
        guard let parameters = try? parsed() else { return "postgresql (unreadable URL)" }
        let host = parameters["host"] ?? parameters["hostaddr"] ?? "local socket"
        return
            "postgresql host=\(host) port=\(parameters["port"] ?? "5432") database=\(parameters["dbname"] ?? "default")"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["server": description]) }
}
