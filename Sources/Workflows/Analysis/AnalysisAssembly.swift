import AnthropicAPI
public import Bootstrap
import ConsumerRuntime
public import Contracts
import FoundationEssentials
import Postgres
import Privacy
import Quotas
import RateLimits
import Redis

/// Puts the analyze consumer together.
public struct AnalysisAssembly: ConsumerAssembly {
    public static let consumer = ConsumerName.analyze
    public static let usesRedis = true
    public static let abstract =
        "Has a model judge the sentiment of users' stored tweets, without a word that names anybody."
    public static let variables: [(name: String, meaning: String)] = [
        ("ENCRYPTION_KEY", "also keys the pseudonym under which Anthropic sees a user"),
        ("ANTHROPIC_API_KEY", "the key of the Messages API"),
        ("ANTHROPIC_API_URL", "https://api.anthropic.com, or the sandbox's …/anthropic"),
        ("ANTHROPIC_MODEL_BASIC", "models of the tier basic, tried in turn (claude-sonnet-5)"),
        ("ANTHROPIC_MODEL_PRO", "models of the tier pro, tried in turn (claude-opus-5)"),
        ("QUOTA_BASIC, QUOTA_PRO", "analyses per calendar month (30, 300)"),
        ("ANTHROPIC_RATE_LIMIT", "calls of one user (50/1m)"),
        ("ANTHROPIC_ORG_LIMITS", "rpm=4000,itpm=2000000,otpm=400000 for each class of models, or opus:rpm=…;sonnet:…"),
        ("ANTHROPIC_BATCH_OVER", "more tweets than this go as a batch, at half the price (never)"),
        ("ANTHROPIC_BATCH_POLL", "how often a batch is asked for (60s)"),
        ("ANTHROPIC_PRICES", "dollars a million tokens in/out, for the audit trail (opus=5/25,sonnet=3/15,haiku=1/5)"),
    ]

    private static let provider = "anthropic"

    private let apiKey: SecretString?
    private let apiURL: String
    private let models: TierModels
    private let pseudonymKey: SecretString?
    private let allowances: QuotaGate.Allowances
    private let limits: TokenBuckets.Limits
    private let batchOver: Int?
    private let batchPoll: Duration
    private let prices: ModelPrices

    public init(reading reader: inout SettingsReader) {
        apiKey = reader.secret("ANTHROPIC_API_KEY", "expected the key of the Messages API")
        apiURL = reader.baseURL("ANTHROPIC_API_URL", default: AnthropicClient.defaultBaseURL)
        models = TierModels(
            basic: Self.models("ANTHROPIC_MODEL_BASIC", default: "claude-sonnet-5", &reader),
            pro: Self.models("ANTHROPIC_MODEL_PRO", default: "claude-opus-5", &reader))
        allowances = QuotaGate.Allowances(
            basic: reader.integer("QUOTA_BASIC", default: 30, in: 0...1_000_000),
            pro: reader.integer("QUOTA_PRO", default: 300, in: 0...1_000_000))
        pseudonymKey = reader.secret("ENCRYPTION_KEY", "expected a Fernet key; `repazoo keys generate` makes one")
        limits = TokenBuckets.Limits(
            user: Self.value("ANTHROPIC_RATE_LIMIT", "write 50/1m: calls, a slash, 100ms to 24h", &reader) {
                RateLimit(setting: $0)
            } ?? .anthropicUser,
            organisation: Self.value(
                "ANTHROPIC_ORG_LIMITS", "write rpm=4000,itpm=2000000,otpm=400000, or opus:rpm=…;sonnet:rpm=…", &reader
            ) {
                OrganisationLimits(setting: $0)
            } ?? OrganisationLimits(), longestCall: AnthropicClient.longestCall)
        batchOver = reader.optionalInteger("ANTHROPIC_BATCH_OVER", in: 1...1_000_000)
        batchPoll = reader.duration("ANTHROPIC_BATCH_POLL", default: .seconds(60))
        prices =
            Self.value("ANTHROPIC_PRICES", "write opus=5/25,sonnet=3/15: dollars a million tokens, in/out", &reader) {
                ModelPrices(setting: $0)
            } ?? ModelPrices()
    }

    public func workflow(_ clients: ProgramClients) throws -> AnalysisWorkflow {
        guard let pseudonymKey, let redis = clients.redis else { throw IncompleteAssembly() }
        let buckets = TokenBuckets(redis: redis, provider: Self.provider, limits: limits)
        let calls = ModelCalls(
            client: try client(clients), buckets: buckets,
            activity: ProviderActivity(provider: Self.provider, postgres: clients.postgres, buckets: buckets),
            circuits: ModelCircuits(models.all), logger: clients.logger)
        let least = models.classes.map { limits.organisation.limits(of: $0) }
        let packer = QuestionPacker(
            input: least.map(\.inputTokens).min() ?? .max, output: least.map(\.outputTokens).min() ?? .max)
        return AnalysisWorkflow(
            postgres: clients.postgres, quota: QuotaGate(postgres: clients.postgres, allowances: allowances),
            judge: Judge(calls: calls, packer: packer),
            batches: BatchDesk(calls: calls, packer: packer, over: batchOver, poll: max(1, batchPoll / .seconds(1))),
            models: models, pseudonyms: Pseudonyms(key: pseudonymKey), prices: prices)
    }

    /// A model that the provider does not know is said now, not with the first user's analysis.
    public func prepare(_ clients: ProgramClients) async throws {
        try await ModelCheck(client: try client(clients), models: models, logger: clients.logger).run()
    }

    private func client(_ clients: ProgramClients) throws -> AnthropicClient {
        guard let apiKey else { throw IncompleteAssembly() }
        return try AnthropicClient(http: clients.http, baseURL: apiURL, apiKey: apiKey)
    }

    private static func models(_ name: String, default standard: String, _ reader: inout SettingsReader) -> [String] {
        let list = (reader.text(name) ?? standard).split(separator: ",").map { part in
            String(part.filter { !$0.isWhitespace })
        }.filter { !$0.isEmpty }
        if list.isEmpty { reader.fault(name, "names no model; write one, or several with commas between them") }
        return list
    }

    private static func value<Value>(
        _ name: String, _ advice: String, _ reader: inout SettingsReader, _ read: (String) -> Value?
    ) -> Value? {
        guard let text = reader.text(name) else { return nil }
        let value = read(text)
        if value == nil { reader.fault(name, "cannot be read; \(advice)") }
        return value
    }
}
