/// What went wrong between us and PostgreSQL.
///
/// Neither `description` nor any field holds a parameter, a row value, the server's DETAIL or the URL.
public struct PostgresError: Error, Sendable {
    public enum Kind: Sendable, Hashable {
        /// The URL or a setting cannot be used.
        case configuration
        /// No connection could be had within `acquireTimeout`: the server is away, or all connections are busy.
        case unavailable
        /// The server wants a log-in that we do not have, or refused the one we have.
        case authentication
        /// The connection broke while the request was on its way: see `outcome`.
        case connectionLost
        /// The server was silent longer than `requestTimeout`; the connection was given up: see `outcome`.
        case timedOut
        /// The server refused the statement: see `sqlState`.
        case server
        /// A COMMIT was answered by a rollback, since a statement before it had failed.
        case rolledBack
        /// A parameter cannot be sent: text with a NUL byte, a date out of PostgreSQL's range.
        case encoding
        /// A column is missing, NULL, or not of the type asked for.
        case decoding
        /// The caller broke a rule of this client.
        case misuse
        case closed
    }

    /// What the database holds now.
    public enum Outcome: Sendable, Hashable {
        case notApplied
        /// Sent and not answered: the work may be committed or not.
        case unknown
    }

    public internal(set) var kind: Kind
    public internal(set) var sqlState: SQLState?
    public internal(set) var constraint: String?
    public internal(set) var table: String?
    /// Which statement of a batch, from 0.
    public internal(set) var statementIndex: Int?
    /// The name given by `SQL.named`.
    public internal(set) var statementName: String?
    public internal(set) var outcome: Outcome
    public internal(set) var isConnectionFatal: Bool
    /// What happened, in words that hold no data.
    public internal(set) var message: String
    /// `module/file:line` of the request.
    public internal(set) var location: String?

    init(_ kind: Kind, _ message: String, outcome: Outcome = .notApplied, location: SourceLocation? = nil) {
        self.kind = kind
        self.message = message
        self.outcome = outcome
        self.location = location?.description
        isConnectionFatal = [.connectionLost, .timedOut, .closed].contains(kind)
    }

    /// Whether the same request may succeed later. If `outcome` is unknown, only a request that may run twice should.
    public var isRetryable: Bool {
        switch kind {
        case .unavailable, .connectionLost, .timedOut: true
        case .server: isConnectionFatal || (sqlState?.isTransient ?? false)
        case .rolledBack, .configuration, .authentication, .encoding, .decoding, .misuse, .closed: false
        }
    }

    /// Whether it says only that the server was out of reach, and nothing about the statement.
    public var meansServerIsAway: Bool { isRetryable && (isConnectionFatal || kind == .unavailable) }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        var parts = ["postgres \(kind)"]
        if let sqlState { parts.append("SQLSTATE \(sqlState)") }
        if let constraint { parts.append("constraint \(constraint)") }
        if let statementName { parts.append("statement \(statementName)") }
        if let statementIndex { parts.append("statement #\(statementIndex)") }
        if outcome == .unknown { parts.append("outcome unknown") }
        let place = location.map { " (\($0))" } ?? ""
        return parts.joined(separator: ", ") + ": " + message + place
    }
}

/// Where a request was made.
struct SourceLocation: Sendable, CustomStringConvertible {
    let file: String
    let line: UInt
    var description: String { "\(file):\(line)" }
}
