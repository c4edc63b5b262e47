/// What went wrong on the way to or from the broker.
///
/// The description never holds a message's content, a header value or the password.
public struct AMQPError: Error, CustomStringConvertible, Sendable {
    public enum Kind: Equatable, Sendable {
        /// The URL cannot be used as it stands.
        case invalidURL
        /// No node of the list took a connection.
        case unreachable
        /// The broker refused user, password or virtual host.
        case accessRefused
        /// The TLS handshake or certificate failed.
        case tls
        /// The connection ended while something was under way.
        case connectionLost
        /// The broker closed the connection or channel with this AMQP reply code (AMQP 0-9-1 §1.2).
        case closedByBroker(code: UInt16)
        /// The broker did not answer in time.
        case timeout
        /// No queue is bound for a mandatory publication.
        case unroutable
        /// The broker could not take the message: a full queue, or a leader election.
        case nacked
        /// The broker stops taking messages: memory or disk alarm.
        case blocked
        /// What arrived breaks the protocol.
        case protocolViolation
        /// The client was closed by its owner.
        case closed
        /// A message or table that AMQP cannot carry.
        case invalidMessage
    }

    public let kind: Kind
    public let message: String
    /// librabbitmq's own status, 0 when the broker or this wrapper is the source.
    public let status: Int32
    public let location: String

    init(_ kind: Kind, _ message: String, status: Int32 = 0, file: String = #fileID, line: Int = #line) {
        self.kind = kind
        self.message = message
        self.status = status
        location = "\(file):\(line)"
    }

    /// The connection that reported this is of no further use.
    public var isConnectionFatal: Bool {
        switch kind {
        case .unroutable, .nacked, .blocked, .invalidMessage: false
        default: true
        }
    }

    /// The same request may succeed later without anybody changing anything.
    public var isRetryable: Bool {
        switch kind {
        case .unreachable, .connectionLost, .timeout, .nacked, .blocked: true
        case .closedByBroker(let code): [311, 320, 405, 504, 541].contains(code)
        default: false
        }
    }

    public var description: String {
        status == 0 ? "\(message) (\(kind))" : "\(message) (\(kind), librabbitmq \(status))"
    }
}
