import Privacy

/// What the provider says of itself at `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section 3).
struct ProviderMetadata: Sendable, Equatable {
    let authorization: String
    let token: String
    let keys: String
    /// The client's secret goes into the form and not into a header.
    let wantsSecretInForm: Bool
    /// Its answers name it (RFC 9207), and one that does not is not its own.
    let namesItself: Bool

    /// Another issuer than the one that was asked for, or addresses without TLS where the issuer has it, are refused.
    init(_ document: JSONValue, issuer: String) throws(OpenIDFault) {
        guard document["issuer"]?.string == issuer,
            let authorization = Self.address(document["authorization_endpoint"], like: issuer),
            let token = Self.address(document["token_endpoint"], like: issuer),
            let keys = Self.address(document["jwks_uri"], like: issuer)
        else { throw OpenIDFault(.providerMalformed) }
        self.authorization = authorization
        self.token = token
        self.keys = keys
        let ways = document["token_endpoint_auth_methods_supported"]?.elements?.compactMap(\.string)
        wantsSecretInForm =
            ways.map { !$0.contains("client_secret_basic") && $0.contains("client_secret_post") } ?? false
        namesItself = document["authorization_response_iss_parameter_supported"]?.bool == true
    }

    private static func address(_ value: JSONValue?, like issuer: String) -> String? {
        guard let text = value?.string, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("#"),
            text.hasPrefix("https://") || issuer.hasPrefix("http://") && text.hasPrefix("http://")
        else { return nil }
        return text
    }
}
