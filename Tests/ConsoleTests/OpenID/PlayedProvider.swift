import Crypto
import CryptoExtras
import Foundation
import Hummingbird
import Logging
import Privacy
import Synchronization
import TestKit

@testable import Console

/// A small OpenID provider over HTTP, at `localhost` so that a browser takes it for another site than the console's. Whoever comes is
/// signed in at once, as the person of the day. It holds to its side of PKCE, and its tokens are as the test forges them.
final class PlayedProvider: Sendable {
    /// A token before it is signed.
    struct Draft: Sendable {
        enum Seal: Sendable { case es256, rs256, strangersKey, none, secret(String), broken }

        var header: [String: JSONValue] = ["typ": "JWT"]
        var claims: [String: JSONValue]
        var seal = Seal.es256
        /// What the header says, where it lies.
        var algorithm: String?
    }

    private struct Grant {
        let nonce: String
        let challenge: String
        let redirect: String
    }

    private struct State {
        var grants: [String: Grant] = [:]
        var claims: [String: JSONValue] = ["sub": "00u1", "preferred_username": "iris", "groups": ["dpo", "staff"]]
        var forge: @Sendable (inout Draft) -> Void = { _ in }
        var document: @Sendable (inout [String: JSONValue]) -> Void = { _ in }
        var error: String?
        var ecKey = P256.Signing.PrivateKey()
        var keyID = "first"
        var looks = 0
        var tokens: [String] = []
    }

    static let clientID = "console"
    static let clientSecret = "canary-openid-secret"

    let issuer: String
    private let port: Int
    private let rsaKey: _RSA.Signing.PrivateKey
    private let state = Mutex(State())

    private init(port: Int) throws {
        self.port = port
        issuer = "http://localhost:\(port)/tenant"
        rsaKey = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    /// Serves while `body` runs.
    static func with<Result: Sendable>(_ body: (PlayedProvider) async throws -> Result) async throws -> Result {
        let provider = try PlayedProvider(port: try TCPPort.free())
        var quiet = Logger(label: "provider")
        quiet.logLevel = .error
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let application = Application(
            responder: provider.router().buildResponder(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: provider.port)),
            onServerRunning: { _ in start.finish() }, logger: quiet)
        let serving = Task { try await application.run() }
        defer { serving.cancel() }
        for await _ in started {}
        return try await body(provider)
    }

    // MARK: What the test says

    func person(_ claims: [String: JSONValue]) { state.withLock { $0.claims = claims } }
    func forge(_ change: @escaping @Sendable (inout Draft) -> Void) { state.withLock { $0.forge = change } }
    func document(_ change: @escaping @Sendable (inout [String: JSONValue]) -> Void) {
        state.withLock { $0.document = change }
    }
    func refuse(_ error: String?) { state.withLock { $0.error = error } }
    func rotate() {
        state.withLock {
            $0.ecKey = P256.Signing.PrivateKey()
            $0.keyID = "second"
        }
    }
    /// How often its keys were asked for.
    var looks: Int { state.withLock { $0.looks } }
    /// Every token and code that it gave out.
    var secrets: [String] { state.withLock { $0.tokens + $0.grants.keys } }

    // MARK: What it does

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/tenant/.well-known/openid-configuration") { [self] _, _ in json(metadata()) }
        router.get("/keys") { [self] _, _ in json(keys()) }
        router.get("/authorize") { [self] request, _ in authorize(request) }
        router.post("/token") { [self] request, _ in try await token(request) }
        return router
    }

    private func metadata() -> [String: JSONValue] {
        let base = "http://localhost:\(port)"
        var document: [String: JSONValue] = [
            "issuer": .string(issuer), "authorization_endpoint": .string(base + "/authorize?tenant=1"),
            "token_endpoint": .string(base + "/token"), "jwks_uri": .string(base + "/keys"),
        ]
        state.withLock { $0.document(&document) }
        return document
    }

    private func keys() -> [String: JSONValue] {
        let rsa = try? rsaKey.publicKey.getKeyPrimitives()
        return state.withLock { state in
            state.looks += 1
            let point = state.ecKey.publicKey.x963Representation
            return [
                "keys": [
                    [
                        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": .string(state.keyID),
                        "x": .string(Base64URL.encode(point[1..<33])), "y": .string(Base64URL.encode(point[33...])),
                    ],
                    [
                        "kty": "RSA", "kid": "rsa", "n": .string(Base64URL.encode(rsa?.modulus ?? Data())),
                        "e": .string(Base64URL.encode(rsa?.publicExponent ?? Data())),
                    ],
                    ["kty": "OKP", "crv": "Ed25519", "kid": "other", "x": "AAAA"],
                ]
            ]
        }
    }

    /// Sends the person back at once, with a code or with a refusal.
    private func authorize(_ request: Request) -> Response {
        let form = ConsoleForm(query: request)
        let code = UUID().uuidString
        let answer = state.withLock { state in
            state.grants[code] = Grant(
                nonce: form["nonce"] ?? "", challenge: form["code_challenge"] ?? "",
                redirect: form["redirect_uri"] ?? "")
            return state.error.map { "error=\($0)&error_description=canary+description" } ?? "code=\(code)"
        }
        return .redirect(to: (form["redirect_uri"] ?? "") + "?\(answer)&state=\(form["state"] ?? "")", type: .normal)
    }

    private func token(_ request: Request) async throws -> Response {
        var request = request
        let form = try await ConsoleForm(collecting: &request)
        let basic = "Basic " + Data("\(Self.clientID):\(Self.clientSecret)".utf8).base64EncodedString()
        let verifier = Base64URL.encode(SHA256.hash(data: Array((form["code_verifier"] ?? "").utf8)))
        // A code is good once.
        let grant = form["code"].flatMap { code in state.withLock { $0.grants.removeValue(forKey: code) } }
        guard let grant, request.headers[.authorization] == basic, form["grant_type"] == "authorization_code",
            verifier == grant.challenge, form["redirect_uri"] == grant.redirect
        else { return json(["error": "invalid_grant"], .badRequest) }
        let token = try sealed(draft(grant))
        state.withLock { $0.tokens.append(token) }
        return json(["id_token": .string(token), "access_token": "unused", "token_type": "Bearer"])
    }

    private func draft(_ grant: Grant) -> Draft {
        let now = Date().timeIntervalSince1970.rounded()
        return state.withLock { state in
            var draft = Draft(
                claims: state.claims.merging([
                    "iss": .string(issuer), "aud": .string(Self.clientID), "nonce": .string(grant.nonce),
                    "iat": .number(now), "exp": .number(now + 300),
                ]) { $1 })
            state.forge(&draft)
            return draft
        }
    }

    func sealed(_ draft: Draft) throws -> String {
        let (name, key) =
            switch draft.seal {
            case .rs256: ("RS256", "rsa")
            case .none: ("none", "first")
            case .secret: ("HS256", "first")
            default: ("ES256", state.withLock { $0.keyID })
            }
        let header = draft.header.merging(["alg": .string(draft.algorithm ?? name), "kid": .string(key)]) { own, _ in
            own
        }
        let text = [header, draft.claims].map { part in
            Base64URL.encode(JSONValue.object(part.map { .init($0, $1) }).serialized().utf8)
        }.joined(separator: ".")
        return text + "." + Base64URL.encode(try seal(draft.seal, Array(text.utf8)))
    }

    private func seal(_ seal: Draft.Seal, _ bytes: [UInt8]) throws -> [UInt8] {
        switch seal {
        case .es256: Array(try state.withLock { $0.ecKey }.signature(for: SHA256.hash(data: bytes)).rawRepresentation)
        case .rs256:
            Array(
                try rsaKey.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5).rawRepresentation)
        case .strangersKey:
            Array(try P256.Signing.PrivateKey().signature(for: SHA256.hash(data: bytes)).rawRepresentation)
        case .none: []
        case .secret(let key):
            Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(key.utf8))))
        case .broken: [UInt8](repeating: 1, count: 64)
        }
    }

    private func json(_ value: [String: JSONValue], _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(
                byteBuffer: ByteBuffer(string: JSONValue.object(value.map { .init($0, $1) }).serialized())))
    }
}
