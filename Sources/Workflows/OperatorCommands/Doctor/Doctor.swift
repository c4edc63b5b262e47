import AMQP
import Bootstrap
import FoundationEssentials
import Postgres
import Privacy
import Redis
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

        async let broker = Self.examine(servers.broker, management)
        async let postgres = Self.examine(servers.postgres)
        async let redis = Self.examine(servers.redis)
        findings += await broker + postgres + redis
        return DoctorReport(findings: findings, isMisconfigured: isMisconfigured)
    }

    private static func examine(_ broker: AMQPConfiguration?, _ management: ManagementPlugin?) async -> [Finding] {
        guard let broker else { return [] }
        return await BrokerExamination(configuration: broker, management: management).findings()
    }

    private static func examine(_ postgres: PostgresConfiguration?) async -> [Finding] {
        guard let postgres else { return [] }
        return await PostgresExamination(configuration: postgres).findings()
    }

    private static func examine(_ redis: RedisConfiguration?) async -> [Finding] {
        guard let redis else { return [] }
        return await RedisExamination(configuration: redis).findings()
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
            .warning(
                "providers", "not set: \(missing.joined(separator: ", "))", "the consumers that need them do not start")
        ]
    }
}
