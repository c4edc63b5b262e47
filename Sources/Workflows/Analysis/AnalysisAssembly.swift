import AnthropicAPI
public import Bootstrap
import ConsumerRuntime
public import Contracts
import Crypto
import FoundationEssentials
import Postgres
import Privacy
import Quotas

/// Puts the analyze consumer together.
public struct AnalysisAssembly: ConsumerAssembly {
    public static let consumer = ConsumerName.analyze
    public static let abstract =
        "Has a model judge the sentiment of users' stored tweets, without a word that names anybody."
    public static let variables: [(name: String, meaning: String)] = [
        ("ENCRYPTION_KEY", "also keys the pseudonym under which Anthropic sees a user"),
        ("ANTHROPIC_API_KEY", "the key of the Messages API"),
        ("ANTHROPIC_API_URL", "https://api.anthropic.com, or the sandbox's …/anthropic"),
        ("ANTHROPIC_MODEL_BASIC", "models of the tier basic, tried in turn (claude-sonnet-5)"),
        ("QUOTA_BASIC, QUOTA_PRO", "analyses per calendar month (30, 300)"),
        ("ANTHROPIC_MODEL_PRO", "models of the tier pro, tried in turn (claude-opus-5)"),
    ]

    private let apiKey: SecretString?
    private let apiURL: String
    private let models: TierModels
    private let pseudonymKey: SecretString?
    private let allowances: QuotaGate.Allowances

    public init(reading reader: inout SettingsReader) {
        apiKey = reader.secret("ANTHROPIC_API_KEY", "expected the key of the Messages API")
        apiURL = reader.baseURL("ANTHROPIC_API_URL", default: AnthropicClient.defaultBaseURL)
        models = TierModels(
            basic: Self.list(reader.text("ANTHROPIC_MODEL_BASIC") ?? "claude-sonnet-5"),
            pro: Self.list(reader.text("ANTHROPIC_MODEL_PRO") ?? "claude-opus-5"))
        allowances = QuotaGate.Allowances(
            basic: reader.integer("QUOTA_BASIC", default: 30, in: 0...1_000_000),
            pro: reader.integer("QUOTA_PRO", default: 300, in: 0...1_000_000))
        pseudonymKey = reader.secret("ENCRYPTION_KEY", "expected a Fernet key; `repazoo keys generate` makes one")
    }

    public func workflow(_ clients: ProgramClients) throws -> AnalysisWorkflow {
        guard let apiKey, let pseudonymKey else { throw IncompleteAssembly() }
        let client = try AnthropicClient(http: clients.http, baseURL: apiURL, apiKey: apiKey)
        return AnalysisWorkflow(
            postgres: clients.postgres, judge: Judge(client: client, models: models),
            pseudonyms: Pseudonyms(key: pseudonymKey),
            quota: QuotaGate(postgres: clients.postgres, allowances: allowances))
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.drop(while: \.isWhitespace)) }
    }
}
