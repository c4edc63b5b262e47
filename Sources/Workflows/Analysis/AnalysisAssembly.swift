import AnthropicAPI
public import Bootstrap
import ConsumerRuntime
public import Contracts
import Crypto
import FoundationEssentials
import Postgres
import Privacy

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
        ("ANTHROPIC_MODEL_PRO", "models of the tier pro, tried in turn (claude-opus-5)"),
    ]

    private let apiKey: SecretString?
    private let apiURL: String
    private let models: TierModels
    private let pseudonymKey: SecretString?

    public init(reading reader: inout SettingsReader) {
        apiKey = reader.secret("ANTHROPIC_API_KEY", "expected the key of the Messages API")
        apiURL = reader.baseURL("ANTHROPIC_API_URL", default: AnthropicClient.defaultBaseURL)
        models = TierModels(
            basic: Self.list(reader.text("ANTHROPIC_MODEL_BASIC") ?? "claude-sonnet-5"),
            pro: Self.list(reader.text("ANTHROPIC_MODEL_PRO") ?? "claude-opus-5"))
        pseudonymKey = reader.secret("ENCRYPTION_KEY", "expected a Fernet key; `repazoo keys generate` makes one")
    }

    public func workflow(_ clients: ProgramClients) throws -> AnalysisWorkflow {
        guard let apiKey, let pseudonymKey else { throw IncompleteAssembly() }
        let client = try AnthropicClient(http: clients.http, baseURL: apiURL, apiKey: apiKey)
        return AnalysisWorkflow(
            postgres: clients.postgres, judge: Judge(client: client, models: models),
            pseudonyms: Pseudonyms(key: pseudonymKey))
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.drop(while: \.isWhitespace)) }
    }
}
