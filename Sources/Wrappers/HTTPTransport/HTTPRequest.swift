/// One HTTP/1.1 request.
public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Sending it twice has the effect of sending it once (RFC 9110 §9.2.2).
        public var isIdempotent: Bool { self != .post && self != .patch }
        var takesBody: Bool { self != .get && self != .head }
        var expectsBody: Bool { self == .post || self == .put || self == .patch }
    }

    public enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Pulled while it is sent, never more than a few hundred KiB ahead. Without a length it goes out chunked.
        /// A body that does not have exactly the given length fails the request. An `unfolding` stream gives back-pressure.
        case stream(length: Int?, @Sendable () -> AsyncThrowingStream<[UInt8], any Error>)
    }

    public static let defaultMaxResponseBytes = 8 * 1024 * 1024

    public var method: Method
    /// Absolute, `https` (or `http` where the client allows it), printable ASCII, without user and password.
    public var url: String
    /// Without `Host`, `Content-Length`, `Transfer-Encoding`, `Connection`, `Expect` and the like: the transport sets those.
    public var headers: HTTPHeaders
    public var body: Body
    public var timeouts: HTTPTimeouts
    /// Of the answer's body, after decompression; one byte more ends the transfer with `.responseTooLarge`.
    public var maxResponseBytes: Int

    public init(
        _ method: Method, _ url: String, headers: HTTPHeaders = [:], body: Body = .none,
        timeouts: HTTPTimeouts = .standard, maxResponseBytes: Int = HTTPRequest.defaultMaxResponseBytes
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.maxResponseBytes = maxResponseBytes
    }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    /// Method and host: the path may be a secret (webhooks), so are headers and body.
    public var description: String { "\(method.rawValue) \((try? RequestURL(url))?.host ?? "?")" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
