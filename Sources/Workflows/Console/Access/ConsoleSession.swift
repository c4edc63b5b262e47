/// Somebody who is signed in.
struct ConsoleSession: Sendable {
    /// Stays the same when the cookie's token is renewed.
    let id: String
    let name: String
    let role: ConsoleRole
    /// Every form that changes something carries it.
    let formToken: String
    /// Given out with the answer, in place of the one that came.
    var renewedToken: String?

    /// Who acts, for the audit trail: `repazoo-console:NAME`.
    var actor: String { "repazoo-console:" + name }
}
