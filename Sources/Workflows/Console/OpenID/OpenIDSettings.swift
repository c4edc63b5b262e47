import Bootstrap
import HTTPTransport
import Privacy

/// How people sign in by their organisation's OpenID provider, beside the users of the file.
struct OpenIDSettings: Sendable {
    /// As the provider writes it of itself, to the letter (OpenID Connect Discovery 1.0, section 4.3).
    let issuer: String
    let clientID: String
    /// Nil for a public client, which PKCE alone protects.
    let clientSecret: SecretString?
    /// Where the provider sends people back to; it must know this address.
    let redirect: String
    let scopes: String
    /// The claim that names a person in the audit trail.
    let nameClaim: String
    let roles: RoleMap
    /// On the button.
    let label: String

    /// `CONSOLE_OIDC_…`; nil when there is none of them, or together with faults.
    static func read(_ reader: inout SettingsReader, publicURL: String?) -> OpenIDSettings? {
        let (issuer, client) = (reader.text("CONSOLE_OIDC_ISSUER"), reader.text("CONSOLE_OIDC_CLIENT_ID"))
        guard issuer != nil || client != nil else { return nil }
        let expected = "expected the provider's address, as its discovery document names it"
        let base = reader.required("CONSOLE_OIDC_ISSUER", expected).map {
            reader.baseURL("CONSOLE_OIDC_ISSUER", default: $0)
        }
        let id = reader.required("CONSOLE_OIDC_CLIENT_ID", "expected the id that the provider gave this console")
        let home = publicURL ?? reader.required("PUBLIC_URL", "the provider sends people back to it")
        let claim = reader.text("CONSOLE_OIDC_ROLE_CLAIM") ?? "groups"
        let (roles, faults) = RoleMap.read(reader.text("CONSOLE_OIDC_ROLES") ?? "", claim: claim)
        for fault in faults { reader.fault("CONSOLE_OIDC_ROLES", fault) }
        let scopes = reader.text("CONSOLE_OIDC_SCOPES") ?? "openid profile"
        if !scopes.split(separator: " ").contains("openid") {
            reader.fault("CONSOLE_OIDC_SCOPES", "must hold openid, among words with spaces between them")
        }
        let (secret, name) = (reader.text("CONSOLE_OIDC_CLIENT_SECRET"), reader.text("CONSOLE_OIDC_NAME_CLAIM"))
        let label = reader.text("CONSOLE_OIDC_LABEL")
        guard let base, let id, let home, faults.isEmpty else { return nil }
        return OpenIDSettings(
            issuer: base, clientID: id, clientSecret: secret.map { SecretString($0) },
            redirect: (home.hasSuffix("/") ? String(home.dropLast()) : home) + OpenIDSignIn.callback, scopes: scopes,
            nameClaim: name ?? "preferred_username", roles: roles, label: label ?? "your organisation")
    }
}
