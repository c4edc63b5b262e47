import Alerts
import AuditTrail
public import Bootstrap
import ConsumerRuntime
public import Contracts
import FoundationEssentials
import Redis
import Ticks

/// Puts the monitor together.
public struct MonitoringAssembly: ConsumerAssembly {
    public static let consumer = ConsumerName.monitor
    public static let abstract = "Looks at the rules of topology/alerts.json with each tick; opens and ends alerts."
    public static let variables: [(name: String, meaning: String)] = [
        ("REDIS_URL", "redis://host:port/0; Redis is watched when it is set"),
        ("EXPORT_STORE", "file:///dir; its disk is watched when it is a folder"),
        ("RABBITMQ_MANAGEMENT_URL", "http://user:password@host:port; without it queues are asked over AMQP"),
        ("AUDIT_SIGNING_KEY", "base64 of 32 bytes (Ed25519): signs a checkpoint of the audit trail with each tick"),
        ("ALERT_RULES_FILE", "another topology/alerts.json than the one built in"),
        ("ALERT_<RULE>_THRESHOLD", "overrides a rule's threshold, ALERT_<RULE>_WINDOW its window"),
    ]

    private let rules: AlertRules?
    private let redis: RedisConfiguration?
    private let store: String?
    private let management: ManagementAPI?
    private let auditKeys: AuditKeys?

    public init(reading reader: inout SettingsReader) {
        rules = reader.alertRules()
        management = ManagementAPI.read(&reader)
        auditKeys = reader.auditKeys()
        store = reader.text("EXPORT_STORE").flatMap { text in
            text.hasPrefix("file://") ? URL(string: text)?.path() : nil
        }
        var redis: RedisConfiguration?
        if let url = reader.text("REDIS_URL") {
            do { redis = try RedisConfiguration(url: url) } catch { reader.fault("REDIS_URL", "\(error)") }
        }
        self.redis = redis
    }

    public func workflow(_ clients: ProgramClients) throws -> MonitorWorkflow {
        guard let rules else { throw IncompleteAssembly() }
        // A client of its own, which nothing waits for: that Redis is away is something to tell, not a reason to stop.
        let health = HealthMeasures(redis: redis.map { RedisClient($0) }, store: store)
        var broker = clients.broker
        broker.connectionName = "\(Self.consumer.program) survey"
        let desk = MeasureDesk(
            postgres: clients.postgres,
            survey: BrokerSurvey(broker: broker, management: management, logger: clients.logger), health: health,
            logger: clients.logger)
        let checkpoints = auditKeys.map { AuditCheckpoints(postgres: clients.postgres, keys: $0) }
        return MonitorWorkflow(
            postgres: clients.postgres, rules: rules, desk: desk, gate: TickGate(postgres: clients.postgres),
            seal: AuditSeal(checkpoints: checkpoints, logger: clients.logger))
    }
}
