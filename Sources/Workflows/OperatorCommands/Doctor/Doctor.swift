import Bootstrap
import FoundationEssentials
import Privacy
import TokenVault
import Topology

/// Examines an installation. Each part is examined even if another is ill; nothing is changed.
struct Doctor: Sendable {
    let environment: [String: String]

    /// Without them a consumer does not start, while the operator's commands do.
    private static let providerVariables = ["TWITTER_CLIENT_ID", "TWITTER_CLIENT_SECRET", "ANTHROPIC_API_KEY"]

    func examine() async -> DoctorReport {
        var reader = SettingsReader(environment: environment)
        let servers = CommandServers.read([.broker, .postgres, .redis], &reader)
        let management = ManagementPlugin.read(&reader)
        let key = Self.examineKey(&reader)
        let providers = Self.examineProviders(&reader)
        var findings: [Finding] = []
        var isMisconfigured = false
        do throws(ConfigurationFaults) { try reader.finish() } catch {
            isMisconfigured = true
            findings = error.faults.map { .bad($0.variable, $0.problem, "correct it in the environment") }
        }
        if !isMisconfigured { findings.append(.good("configuration", "every variable can be read")) }
        findings += key + providers

        async let broker = servers.broker.map { await BrokerExamination(configuration: $0, management: management).findings() }
        async let postgres = servers.postgres.map { await PostgresExamination(configuration: $0).findings() }
        async let redis = servers.redis.map { await RedisExamination(configuration: $0).findings() }
        findings += await (broker ?? []) + (postgres ?? []) + (redis ?? [])
        return DoctorReport(findings: findings, isMisconfigured: isMisconfigured)
    }

    private static func examineKey(_ reader: inout SettingsReader) -> [Finding] {
        guard let list = reader.secret("ENCRYPTION_KEY", "make one with `repazoo keys generate`") else { return [] }
        do throws(VaultError) { _ = try TokenVault(keys: list) } catch {
            reader.fault("ENCRYPTION_KEY", "\(error)")
            return []
        }
        return [.good("encryption key", "can be used")]
    }

    private static func examineProviders(_ reader: inout SettingsReader) -> [Finding] {
        let missing = providerVariables.filter { reader.text($0) == nil }
        guard !missing.isEmpty else { return [.good("providers", "credentials of X and Anthropic are set")] }
        return [
            .warning("providers", "not set: \(missing.joined(separator: ", "))", "the consumers that need them do not start")
        ]
    }
}
