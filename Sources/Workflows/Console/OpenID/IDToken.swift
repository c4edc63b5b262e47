import FoundationEssentials
import Privacy

/// Who somebody is, by the provider's word, checked (OpenID Connect Core 1.0, section 3.1.3.7).
struct IDToken: Sendable {
    /// By how much the provider's clock and ours may differ.
    static let slack: TimeInterval = 60

    /// Never given to another account of the provider's.
    let subject: String
    let claims: JSONValue

    /// - Parameters:
    ///   - token: Of a signature that holds.
    ///   - nonce: What this sign-in told the provider: a token of another sign-in is none for this one.
    init(_ token: SignedToken, for settings: OpenIDSettings, nonce: String, at now: Date) throws(OpenIDFault) {
        let (claims, time) = (token.claims, now.timeIntervalSince1970)
        guard claims["iss"]?.string == settings.issuer else { throw OpenIDFault(.issuerWrong) }
        guard Self.isMeant(for: settings.clientID, claims) else { throw OpenIDFault(.audienceWrong) }
        guard let expires = claims["exp"]?.number, let issued = claims["iat"]?.number else {
            throw OpenIDFault(.tokenMalformed)
        }
        guard time < expires + Self.slack else { throw OpenIDFault(.expired) }
        guard issued < time + Self.slack, claims["nbf"]?.number.map({ $0 < time + Self.slack }) ?? true else {
            throw OpenIDFault(.fromTheFuture)
        }
        guard claims["nonce"]?.string.map({ $0.isSame(as: nonce) }) == true else { throw OpenIDFault(.nonceWrong) }
        guard let subject = claims["sub"]?.string, (1...255).contains(subject.utf8.count),
            subject.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw OpenIDFault(.nameless) }
        self.subject = subject
        self.claims = claims
    }

    /// For the trail and the head of each page; the subject where the claim is missing or is no name. `openid:` keeps it apart from
    /// the names of the users' file, which hold no colon.
    func name(by claim: String) throws(OpenIDFault) -> String {
        guard let name = [claims[claim]?.string, subject].compactMap({ $0 }).first(where: UserDirectory.isName) else {
            throw OpenIDFault(.nameless)
        }
        return "openid:" + name
    }

    /// Of several audiences, ours must be the one that it was issued to.
    private static func isMeant(for client: String, _ claims: JSONValue) -> Bool {
        let audiences = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.elements?.compactMap(\.string) ?? []
        let party = claims["azp"]?.string
        return audiences.contains(client) && (party ?? (audiences.count == 1 ? client : nil)) == client
    }
}
