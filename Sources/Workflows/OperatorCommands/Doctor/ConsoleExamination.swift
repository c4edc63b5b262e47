import Bootstrap
import FoundationEssentials

/// Whether people who sign in at the console can be listened to. (That passwords are hashes, and the provider's settings whole, the
/// console's own settings say.)
enum ConsoleExamination {
    /// Nothing where nobody can sign in.
    static func findings(_ reader: inout SettingsReader) -> [Finding] {
        let (users, issuer) = (reader.text("CONSOLE_USERS"), reader.text("CONSOLE_OIDC_ISSUER"))
        guard users != nil || issuer != nil else { return [] }
        let address = reader.text("PUBLIC_URL") ?? "http://" + (reader.text("CONSOLE_HOST") ?? "127.0.0.1")
        if address.hasPrefix("https://") { return [.good("console", "is reached by TLS alone")] }
        if let host = URL(string: address)?.host, WireExamination.isThisMachine(host) {
            return [.good("console", "is reached from this machine alone")]
        }
        return [
            .warning(
                "console", "is reached without TLS: passwords and sessions can be read on the way",
                "put a proxy with TLS before it, and write its https:// address into PUBLIC_URL")
        ]
    }
}
