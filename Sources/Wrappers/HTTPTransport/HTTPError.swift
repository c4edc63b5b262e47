import CCurl

/// Why a request or a mail got no whole answer.
///
/// The description names host and kind; never path, query, header, body, user or password. Compare on `kind`.
public struct HTTPError: Error, Sendable {
    public enum Phase: Sendable, Equatable { case connect, total, stall }

    public enum Kind: Sendable, Equatable {
        /// Refused before anything was sent; `reason` says what to change.
        case invalidRequest
        case resolve
        case connect
        /// The TLS handshake failed, or its set-up (an unreadable CA file).
        case tls
        /// The server's certificate is not signed by a trusted authority, expired, or for another host.
        case untrustedCertificate
        case timeout(Phase)
        case sendFailed
        /// The connection ended before the whole answer's head was there.
        case receiveFailed
        /// The connection ended before the body was whole.
        case truncatedBody
        /// Body or head is over the limit.
        case responseTooLarge
        /// What came is not HTTP/1.x, or not decodable as its headers say.
        case protocolViolation
        /// The caller's body stream threw (see `underlying`) or did not have the length promised.
        case requestBodyFailed
        case cancelled
        case clientClosed
        /// The mail server's refusal, RFC 5321 §4.2.
        case smtp(code: Int)
        /// libcurl failed in a way that has no kind of its own: see `curlCode`.
        case library
    }

    public let kind: Kind
    /// libcurl's `CURLcode`; 0 when the transport itself decided.
    public let curlCode: Int32
    /// Empty when the URL could not be read.
    public let host: String
    public let reason: String
    /// Bytes of the request left this process and no final refusal came back: whether the server acted on it is unknown.
    public let mayHaveBeenProcessed: Bool
    public let underlying: (any Error)?
    public let location: String

    init(
        _ kind: Kind, host: String = "", reason: String = "", curlCode: Int32 = 0, mayHaveBeenProcessed: Bool = false,
        underlying: (any Error)? = nil, file: String = #fileID, line: Int = #line
    ) {
        self.kind = kind
        self.curlCode = curlCode
        self.host = host
        self.reason = reason
        self.mayHaveBeenProcessed = mayHaveBeenProcessed
        self.underlying = underlying
        location = "\(file):\(line)"
    }

    /// The connection is closed and will not be used again. The next request opens one by itself.
    public var isConnectionFatal: Bool {
        switch kind {
        case .invalidRequest, .clientClosed: false
        default: true
        }
    }

    /// The same request may succeed later without anybody changing anything. Before repeating one that is not idempotent,
    /// look at `mayHaveBeenProcessed`.
    public var isRetryable: Bool {
        switch kind {
        case .resolve, .connect, .timeout, .sendFailed, .receiveFailed, .truncatedBody: true
        // A reset in the handshake is the network's; anything else about TLS is configuration.
        case .tls: curlCode == Int32(CURLE_SSL_CONNECT_ERROR.rawValue)
        case .smtp(let code): (400..<500).contains(code)
        case .library: curlCode == Int32(CURLE_OUT_OF_MEMORY.rawValue)
        case .invalidRequest, .untrustedCertificate, .responseTooLarge, .protocolViolation, .requestBodyFailed,
            .cancelled,
            .clientClosed:
            false
        }
    }
}

extension HTTPError: CustomStringConvertible, CustomReflectable {
    public var description: String {
        var text = "\(kind)"
        if !host.isEmpty { text += " at \(host)" }
        if !reason.isEmpty { text += ": \(reason)" }
        if curlCode != 0 { text += " (libcurl \(curlCode))" }
        if mayHaveBeenProcessed { text += "; the server may have processed it" }
        return text
    }

    /// `underlying` is the caller's own error and may hold anything: it is not printed with this one.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
