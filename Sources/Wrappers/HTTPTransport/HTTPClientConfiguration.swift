public import Tracing

/// What holds for every request of a client.
public struct HTTPClientConfiguration: Sendable {
    public enum PlainHTTP: Sendable, Equatable {
        case never
        /// `localhost`, `127.0.0.0/8` and `[::1]`: a sandbox or a sidecar on the same machine.
        case loopbackOnly
        /// And this one name, in lower case: a sandbox in a private network.
        case loopbackAnd(String)
        case anywhere
    }

    public var userAgent = "repazoo-consumers"
    /// Where `http://`, or mail without TLS although a password is sent, is accepted.
    public var plainHTTP = PlainHTTP.loopbackOnly
    /// PEM file that replaces the system's certificate authorities. Certificates are always verified, TLS is at least 1.2.
    public var certificateAuthorityFile: String?
    /// Further requests to that host wait for a connection, under their total time-out.
    public var maxConnectionsPerHost = 64
    /// Status line and header fields of one answer, interim (1xx) answers and trailers included.
    public var maxHeaderBytes = 64 * 1024
    public var maxHeaderFields = 256
    /// What a streamed body may hold in memory before the sender is made to wait; half a buffer per read from the socket may
    /// come on top.
    public var streamBufferBytes = 256 * 1024
    /// Whole answers (`send`) may come compressed; streamed ones never do.
    public var acceptsCompression = true
    public var mailTimeouts = HTTPTimeouts.standard
    /// Told of each call by a client span: method, host, status, nothing else. Nil = nothing is traced.
    public var tracer: (any Tracer)?

    public init() {}
}
