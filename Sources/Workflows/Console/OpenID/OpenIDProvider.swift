import FoundationEssentials
import HTTPTransport
import Privacy

/// The provider, over HTTP. What it says of itself and its keys are kept for an hour; a key that is not among them is looked for
/// anew, once a minute at most.
actor OpenIDProvider {
    private static let life = Duration.seconds(3600)
    private static let timeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(10), stall: .seconds(10))
    private static let mostBytes = 256 << 10

    private struct Known: Sendable {
        let metadata: ProviderMetadata
        let keys: [JSONWebKey]
        let at = ContinuousClock.now
    }

    private let settings: OpenIDSettings
    private let http: HTTPClient
    private let pause: Duration
    private var known: Known?
    private var looking: Task<Known, any Error>?

    /// - Parameter pause: Between looks for a key that is not known.
    init(settings: OpenIDSettings, http: HTTPClient, pause: Duration = .seconds(60)) {
        self.settings = settings
        self.http = http
        self.pause = pause
    }

    func metadata() async throws -> ProviderMetadata { try await known(for: Self.life).metadata }

    /// Changes the code into a token, and checks it.
    func token(for code: String, _ sign: PendingSignIns.Mark, at now: Date) async throws -> IDToken {
        let metadata = try await metadata()
        let token = try SignedToken(try await exchange(code, sign.verifier, metadata))
        guard try await key(for: token).map({ token.isSigned(by: $0) }) == true else {
            throw OpenIDFault(.signatureWrong)
        }
        return try IDToken(token, for: settings, nonce: sign.nonce, at: now)
    }

    private func key(for token: SignedToken) async throws -> JSONWebKey? {
        if let key = token.key(among: try await known(for: Self.life).keys) { return key }
        guard let key = token.key(among: try await known(for: pause).keys) else { throw OpenIDFault(.keyUnknown) }
        return key
    }

    // MARK: Looking

    private func known(for life: Duration) async throws -> Known {
        if let known, .now - known.at < life { return known }
        // Many ask at once: one looks.
        let task = looking ?? Task { try await look() }
        looking = task
        defer { looking = nil }
        let found = try await task.value
        known = found
        return found
    }

    private func look() async throws -> Known {
        let base = settings.issuer.hasSuffix("/") ? String(settings.issuer.dropLast()) : settings.issuer
        let metadata = try ProviderMetadata(
            try await get(base + "/.well-known/openid-configuration"), issuer: settings.issuer)
        return Known(metadata: metadata, keys: try JSONWebKey.all(in: try await get(metadata.keys)))
    }

    private func get(_ url: String) async throws -> JSONValue {
        try await answer(
            HTTPRequest(
                .get, url, headers: ["Accept": "application/json"], timeouts: Self.timeouts,
                maxResponseBytes: Self.mostBytes),
            otherwise: .providerMalformed)
    }

    /// The code grant (RFC 6749, section 4.1.3) with the verifier of PKCE (RFC 7636, section 4.5).
    private func exchange(_ code: String, _ verifier: String, _ metadata: ProviderMetadata) async throws -> String {
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", settings.redirect),
            ("client_id", settings.clientID), ("code_verifier", verifier),
        ]
        var headers: HTTPHeaders = [
            "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded",
        ]
        if let secret = settings.clientSecret?.reveal() {
            if metadata.wantsSecretInForm {
                form.append(("client_secret", secret))
            } else {
                let pair = ConsoleForm.encoded(settings.clientID) + ":" + ConsoleForm.encoded(secret)
                headers.add("Authorization", "Basic " + Data(pair.utf8).base64EncodedString())
            }
        }
        let body = form.map { "\($0)=\(ConsoleForm.encoded($1))" }.joined(separator: "&")
        let document = try await answer(
            HTTPRequest(
                .post, metadata.token, headers: headers, body: .bytes(Array(body.utf8)), timeouts: Self.timeouts,
                maxResponseBytes: Self.mostBytes), otherwise: .codeRefused)
        guard let token = document["id_token"]?.string else { throw OpenIDFault(.tokenMalformed) }
        return token
    }

    private func answer(_ request: HTTPRequest, otherwise code: OpenIDFault.Code) async throws -> JSONValue {
        let response: HTTPResponse
        do { response = try await http.send(request) } catch { throw OpenIDFault(.providerUnreachable) }
        guard response.status < 500 else { throw OpenIDFault(.providerUnreachable) }
        guard response.status == 200,
            let value = try? JSONValue(parsing: response.body, maximumBytes: Self.mostBytes, maximumDepth: 16)
        else { throw OpenIDFault(code) }
        return value
    }
}
