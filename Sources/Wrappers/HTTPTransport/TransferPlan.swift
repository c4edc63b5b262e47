/// Everything libcurl must be told for one transfer, checked, before a handle exists.
struct TransferPlan: Sendable {
    struct HTTP: Sendable {
        var method: HTTPRequest.Method
        /// "Name: value", ready for the wire.
        var headerLines: [String]
        var decompresses: Bool
    }

    struct Mail: Sendable {
        var from: String
        var to: [String]
        var user: String?
        var password: String?
        var encryption: SMTPServer.Encryption
    }

    enum Kind: Sendable {
        case http(HTTP)
        case mail(Mail)
    }

    enum Body: Sendable {
        case none
        case bytes([UInt8])
        case stream(length: Int?, @Sendable () -> AsyncThrowingStream<[UInt8], any Error>)
    }

    var kind: Kind
    var url: String
    /// For errors and spans.
    var host: String
    var port: Int
    var body: Body
    var timeouts: HTTPTimeouts
    var limits: ResponseLimits

    /// libcurl sends a request again by itself when a kept-alive connection turns out dead. That must not happen to one whose
    /// repetition has an effect, so such a transfer cannot rewind its body.
    var mayBeRepeated: Bool {
        switch kind {
        case .http(let http): http.method.isIdempotent
        case .mail: false
        }
    }
}

struct ResponseLimits: Sendable {
    var headerBytes: Int
    var headerFields: Int
    var bodyBytes: Int
}

extension TransferPlan {
    init(_ request: HTTPRequest, _ configuration: HTTPClientConfiguration, decompresses: Bool) throws(HTTPError) {
        let target = try RequestURL(request.url)
        try target.checkAllowed(configuration.plainHTTP)
        var headers = request.headers
        if headers["user-agent"] == nil { headers.add("User-Agent", configuration.userAgent) }
        var lines = try headers.wireLines(host: target.host)
        // libcurl adds "Expect: 100-continue" to large bodies unless told otherwise; many servers never answer it.
        lines.append("Expect:")
        kind = .http(HTTP(method: request.method, headerLines: lines, decompresses: decompresses))
        url = request.url
        host = target.host
        port = target.port ?? (target.scheme == "https" ? 443 : 80)
        body = try Body(request, host: target.host)
        timeouts = request.timeouts
        limits = ResponseLimits(
            headerBytes: configuration.maxHeaderBytes, headerFields: configuration.maxHeaderFields,
            bodyBytes: max(0, request.maxResponseBytes))
    }
}

extension TransferPlan.Body {
    fileprivate init(_ request: HTTPRequest, host: String) throws(HTTPError) {
        switch request.body {
        // Without a length of 0 some servers answer 411 to these methods (RFC 9110 §8.6).
        case .none: self = request.method.expectsBody ? .bytes([]) : .none
        case .bytes(let bytes): self = .bytes(bytes)
        case .stream(let length, let open):
            guard length ?? 0 >= 0 else { throw HTTPError(.invalidRequest, host: host, reason: "negative body length") }
            self = .stream(length: length, open)
        }
        if case .none = self { return }
        guard request.method.takesBody else {
            throw HTTPError(.invalidRequest, host: host, reason: "\(request.method.rawValue) carries no body")
        }
    }
}

extension RequestURL {
    fileprivate func checkAllowed(_ plainHTTP: HTTPClientConfiguration.PlainHTTP) throws(HTTPError) {
        guard user == nil, password == nil else {
            throw HTTPError(.invalidRequest, host: host, reason: "user and password belong in a header, not in the URL")
        }
        switch (scheme, plainHTTP) {
        case ("https", _), ("http", .anywhere): return
        case ("http", .loopbackOnly) where isLoopback: return
        case ("http", .loopbackAnd(let name)) where isLoopback || host == name: return
        case ("http", _): throw HTTPError(.invalidRequest, host: host, reason: "plain http is not allowed to this host")
        default: throw HTTPError(.invalidRequest, host: host, reason: "the scheme must be https or http")
        }
    }
}
