/// Why a command has no answer. It names the command and the server's error code; never a key, an argument, a reply's text
/// or a password.
public struct RedisError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// There was no connection, and none came about within the time that a command may wait for one.
        case unavailable
        /// The connection broke while the command was in flight.
        case connectionLost
        /// No reply within the command time-out. The connection was closed, since the late reply would have answered the
        /// next command.
        case timedOut
        /// The server refused the user, the password or the database number. Nothing but a new configuration helps.
        case refused
        /// More commands in flight than allowed.
        case overloaded
        case cancelled
        /// The client was closed.
        case closed
        /// The server answered with an error: its code (`WRONGTYPE`, `OOM`), without the text, which may quote arguments.
        case server(code: String)
        /// The server's bytes are not RESP, or nested deeper than hiredis follows (7 levels).
        case protocolViolation
        /// A reply of another type than the caller asked for.
        case unexpectedReply
        /// A command that would break the pairing of commands and replies (`SUBSCRIBE`, `MONITOR` …).
        case unsupported
    }

    public let kind: Kind
    /// The command's name, or what was going on.
    public let during: String

    init(_ kind: Kind, during: String) {
        self.kind = kind
        self.during = during
    }

    /// Whether the connection is gone, and with it all that was in flight.
    public var isConnectionFatal: Bool {
        switch kind {
        case .connectionLost, .timedOut, .protocolViolation, .closed, .refused: true
        case .unavailable, .overloaded, .cancelled, .server, .unexpectedReply, .unsupported: false
        }
    }

    /// Whether the same command may succeed later.
    public var isRetryable: Bool {
        switch kind {
        case .unavailable, .connectionLost, .timedOut, .overloaded, .protocolViolation: true
        case .server(let code): Self.passingCodes.contains(code)
        case .refused, .cancelled, .closed, .unexpectedReply, .unsupported: false
        }
    }

    /// Whether the server may have carried the command out: repeating it is then safe only if it is idempotent.
    public var mayHaveBeenExecuted: Bool {
        switch kind {
        case .connectionLost, .timedOut, .protocolViolation, .cancelled, .unexpectedReply, .closed: true
        case .unavailable, .refused, .overloaded, .server, .unsupported: false
        }
    }

    private static let passingCodes: Set<String> = [
        "LOADING", "BUSY", "OOM", "READONLY", "MASTERDOWN", "NOREPLICAS", "TRYAGAIN", "CLUSTERDOWN", "MISCONF",
    ]
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        switch kind {
        case .unavailable: "Redis is out of reach (\(during))"
        case .connectionLost: "the connection to Redis broke during \(during)"
        case .timedOut: "Redis did not answer \(during) in time"
        case .refused: "Redis refused \(during): check user, password and database number in REDIS_URL"
        case .overloaded: "too many Redis commands in flight (\(during))"
        case .cancelled: "the Redis command \(during) was cancelled"
        case .closed: "the Redis client was closed (\(during))"
        case .server(let code): "Redis answered \(during) with the error \(code)"
        case .protocolViolation: "Redis sent bytes that are not RESP (\(during))"
        case .unexpectedReply: "Redis answered \(during) with a reply of another type"
        case .unsupported: "the Redis client does not support \(during)"
        }
    }
}
