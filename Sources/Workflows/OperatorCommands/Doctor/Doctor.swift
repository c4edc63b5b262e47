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

    func examine(asksServers: Bool = true) async -> DoctorReport {
        var reader = SettingsReader(environment: environment)
        let servers = CommandServers.read([.broker, .postgres, .redis], &reader)
        let management = ManagementPlugin.read(&reader)
        let key = Self.examineKey(&reader)
        let models = ModelExamination.read(&reader)
        let disk = Self.exportFolder(&reader)
        let exposure = ConsoleExamination.findings(&reader) + SecretExamination.findings(environment)
        var faults: [ConfigurationFaults.Fault] = []
        do throws(ConfigurationFaults) { try reader.finish() } catch { faults = error.faults }
        let programs = ProgramExamination(environment: environment)
        faults += programs.faults(besides: faults)
        let isMisconfigured = !faults.isEmpty
        var findings: [Finding] = faults.map { .bad($0.variable, $0.problem, "correct it in the environment") }
        if !isMisconfigured { findings.append(.good("configuration", "every variable can be read")) }
        findings += key + programs.findings(besides: faults) + exposure + (disk?.findings() ?? [])
        guard asksServers else { return DoctorReport(findings: findings, isMisconfigured: isMisconfigured) }

        // A stranger is not asked on behalf of an environment that cannot be meant.
        async let anthropic = isMisconfigured ? [] : models?.findings() ?? []
        async let broker = Self.examine(servers.broker, management)
        async let postgres = Self.examine(servers.postgres)
        async let redis = Self.examine(servers.redis)
        findings += await broker + postgres + redis + anthropic
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

    /// Where exports are kept, if that is a folder.
    private static func exportFolder(_ reader: inout SettingsReader) -> DiskExamination? {
        guard let store = reader.text("EXPORT_STORE"), store.hasPrefix("file://") else { return nil }
        return DiskExamination(
            subject: "disk", folder: String(store.dropFirst("file://".count)), variable: "EXPORT_STORE")
    }
}
