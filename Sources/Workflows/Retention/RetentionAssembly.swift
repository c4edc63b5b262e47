import AuditTrail
public import Bootstrap
import ConsumerRuntime
public import Contracts
import ErasureLedger
import Export
import FoundationEssentials
import ObjectStore
import Postgres
import Privacy
import Redis
import TwitterAPI
import TwitterCalls

/// Puts the retention consumer together.
public struct RetentionAssembly: ConsumerAssembly {
    public static let consumer = ConsumerName.retention
    public static let usesRedis = true
    public static let abstract =
        "Deletes what is due by policy, what X says is gone, and all of a user who asks for it."
    public static let variables: [(name: String, meaning: String)] = [
        ("EXPORT_STORE", "file:///folder or s3://bucket/prefix: exports, certificates, the ledger of erasures"),
        ("AUDIT_SIGNING_KEY", "base64 of 32 bytes (Ed25519): signs certificates; unset = derived from ENCRYPTION_KEY"),
        ("TWITTER_BEARER_TOKEN", "the app's own at X, for asking what is gone there; unset = not asked"),
        (
            "TWITTER_CLIENT_ID",
            "the app's id at X, whose limits these calls count in, as ingestion has it; only a name here"
        ),
        ("TWITTER_API_URL", "https://api.x.com, or the sandbox's …/twitter"),
    ]

    private let policy: RetentionPolicy?
    private let store: ObjectStoreSettings?
    private let keys: AuditKeys?
    private let bearer: SecretString?
    private let clientID: String
    private let apiURL: String

    public init(reading reader: inout SettingsReader) {
        do throws(InvalidPolicy) { policy = try RetentionPolicy.current() } catch {
            reader.fault("topology/retention.json", "\(error)")
            policy = nil
        }
        store = reader.objectStore()
        keys = reader.certificateKeys()
        bearer = reader.text("TWITTER_BEARER_TOKEN").map { SecretString($0) }
        clientID = reader.text("TWITTER_CLIENT_ID") ?? "app"
        apiURL = reader.baseURL("TWITTER_API_URL", default: TwitterClient.defaultBaseURL)
    }

    public func workflow(_ clients: ProgramClients) throws -> RetentionWorkflow {
        guard let policy, let store, let keys, let redis = clients.redis else { throw IncompleteAssembly() }
        let office = RetentionOffice(
            postgres: clients.postgres, redis: redis, store: store.store(http: clients.http), keys: keys,
            actor: Self.consumer.program)
        if bearer == nil {
            clients.logger.notice("TWITTER_BEARER_TOKEN is not set: X is not asked which posts are gone there")
        }
        let upstream = try bearer.map { token in
            ComplianceLane(
                client: try ComplianceClient(http: clients.http, baseURL: apiURL, token: token),
                calls: TwitterCalls(
                    client: try TwitterClient(http: clients.http, baseURL: apiURL),
                    app: TwitterApp(clientID: clientID, clientSecret: SecretString(""), apiURL: apiURL), redis: redis,
                    postgres: clients.postgres, actor: Self.consumer.program),
                postgres: clients.postgres, policy: policy.upstream, actor: Self.consumer.program)
        }
        return office.workflow(policy: policy, upstream: upstream)
    }
}

/// Wires erasure and tick, for the consumer and for commands that do the same work.
struct RetentionOffice: Sendable {
    let postgres: PostgresPool
    let redis: RedisClient
    let store: any ObjectStore
    let keys: AuditKeys
    let actor: String

    var ledger: ErasureLedger { ErasureLedger(postgres: postgres, store: store) }

    var erasure: Erasure {
        Erasure(
            postgres: postgres, redis: RedisTraces(redis: redis), ledger: ledger,
            eraseExports: { try await ExportKeeper(postgres: postgres, store: store).eraseExports(of: $0) },
            actor: actor)
    }

    func workflow(policy: RetentionPolicy, upstream: ComplianceLane?) -> RetentionWorkflow {
        RetentionWorkflow(
            postgres: postgres,
            tickWork: TickWork(
                postgres: postgres, policy: policy, upstream: upstream, tendExports: tendExports,
                traces: LateTraces(postgres: postgres, redis: RedisTraces(redis: redis)), actor: actor),
            erasure: erasure, office: ErasureOffice(postgres: postgres, store: store, keys: keys, actor: actor))
    }

    private func tendExports(_ now: Date, _ cause: MessageID) async throws -> [FollowUp] {
        try await ExportKeeper(postgres: postgres, store: store).tend(at: now, cause: cause).followUps
    }
}
