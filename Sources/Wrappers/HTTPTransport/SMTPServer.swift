import CCurl

/// Where mail is handed in.
public struct SMTPServer: Sendable {
    enum Encryption: Sendable {
        case implicit, startTLSRequired, startTLSIfOffered, none

        var curlLevel: Int {
            switch self {
            case .implicit, .startTLSRequired: Int(CURLUSESSL_ALL.rawValue)
            case .startTLSIfOffered: Int(CURLUSESSL_TRY.rawValue)
            case .none: Int(CURLUSESSL_NONE.rawValue)
            }
        }
    }

    public let host: String
    let port: Int
    let url: String
    let user: String?
    let password: String?
    let encryption: Encryption
    let isLoopback: Bool

    /// `smtps://user:password@host:port` (TLS from the first byte), or `smtp://…` with `?starttls=required` (the default),
    /// `optional` (the default on loopback) or `off`. User and password are percent-encoded.
    public init(url: String) throws(HTTPError) {
        let parsed = try RequestURL(url)
        guard parsed.scheme == "smtp" || parsed.scheme == "smtps" else {
            throw HTTPError(
                .invalidRequest, host: parsed.host, reason: "the mail server's scheme must be smtp or smtps")
        }
        guard parsed.path == "/" else {
            throw HTTPError(.invalidRequest, host: parsed.host, reason: "the mail server's URL takes no path")
        }
        host = parsed.host
        // libcurl's own: 465 with TLS from the first byte, else 25.
        port = parsed.port ?? (parsed.scheme == "smtps" ? 465 : 25)
        self.url = "\(parsed.scheme)://\(parsed.host)" + (parsed.port.map { ":\($0)" } ?? "")
        user = parsed.user
        password = parsed.password
        isLoopback = parsed.isLoopback
        encryption = try Self.encryption(parsed)
    }

    private static func encryption(_ url: RequestURL) throws(HTTPError) -> Encryption {
        if url.scheme == "smtps" { return .implicit }
        switch url.query {
        case nil: return url.isLoopback ? .startTLSIfOffered : .startTLSRequired
        case "starttls=required": return .startTLSRequired
        case "starttls=optional": return .startTLSIfOffered
        case "starttls=off": return .none
        default:
            throw HTTPError(.invalidRequest, host: url.host, reason: "use ?starttls=required, optional or off")
        }
    }

    /// No eavesdropper between here and the server can make the password travel in the clear.
    var protectsPassword: Bool {
        switch encryption {
        case .implicit, .startTLSRequired: true
        case .startTLSIfOffered, .none: isLoopback
        }
    }
}

extension SMTPServer: CustomStringConvertible, CustomReflectable {
    public var description: String { "mail server \(host)" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension TransferPlan {
    init(_ mail: MailMessage, _ server: SMTPServer, _ configuration: HTTPClientConfiguration) throws(HTTPError) {
        if server.password != nil, !server.protectsPassword, configuration.plainHTTP != .anywhere {
            throw HTTPError(.invalidRequest, host: server.host, reason: "the password would travel without TLS")
        }
        let rendered = try mail.rendered()
        kind = .mail(
            Mail(
                from: rendered.sender, to: rendered.recipients, user: server.user, password: server.password,
                encryption: server.encryption))
        url = server.url
        host = server.host
        port = server.port
        body = .bytes(rendered.bytes)
        timeouts = configuration.mailTimeouts
        limits = ResponseLimits(
            headerBytes: configuration.maxHeaderBytes, headerFields: configuration.maxHeaderFields, bodyBytes: 0)
    }
}
