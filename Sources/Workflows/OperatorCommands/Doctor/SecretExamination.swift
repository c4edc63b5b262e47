import FoundationEssentials

/// Whether secrets stand in the environment itself, which every process below has, and who may look at a process sees. Read from
/// files (`X_FILE`) they do not. A warning: what keeps the environment may be a vault of its own.
enum SecretExamination {
    static let names = [
        "ANTHROPIC_API_KEY", "AUDIT_SIGNING_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "CONSOLE_OIDC_CLIENT_SECRET", "ENCRYPTION_KEY", "EXPORT_SIGNING_KEY", "PAGERDUTY_ROUTING_KEY",
        "SLACK_WEBHOOK_URL", "TWITTER_BEARER_TOKEN", "TWITTER_CLIENT_SECRET",
    ]
    /// Secrets as far as they hold a password.
    static let addresses = ["AMQP_URL", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "RABBITMQ_MANAGEMENT_URL"]

    static func findings(_ environment: [String: String]) -> [Finding] {
        let set = { (name: String) in environment[name]?.isEmpty == false }
        let open = names.filter(set) + addresses.filter { environment[$0].map(hasPassword) == true }
        guard open.isEmpty else {
            return [
                .warning(
                    "secrets", "stand in the environment: \(open.sorted().joined(separator: ", "))",
                    "give each as X_FILE, the path of a file that the programs alone can read")
            ]
        }
        return (names + addresses).contains { set($0 + "_FILE") } ? [.good("secrets", "are read from files")] : []
    }

    /// `scheme://name:password@…`
    private static func hasPassword(_ address: String) -> Bool {
        guard let start = address.range(of: "://")?.upperBound, let end = address[start...].firstIndex(of: "@") else {
            return false
        }
        return address[start..<end].contains(":")
    }
}
