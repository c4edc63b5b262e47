public import Bootstrap
import ConsumerRuntime
public import Contracts
import Postgres
import Privacy
import TokenVault
import TwitterAPI

/// Puts the ingest consumer together.
public struct IngestionAssembly: ConsumerAssembly {
    public static let consumer = ConsumerName.ingest
    public static let abstract = "Reads the timelines of consenting users from X and stores their tweets."
    public static let variables: [(name: String, meaning: String)] = [
        ("ENCRYPTION_KEY", "Fernet key of the stored tokens; `repazoo keys generate` makes one"),
        ("TWITTER_CLIENT_ID, TWITTER_CLIENT_SECRET", "the app at X, for refreshing tokens"),
        ("TWITTER_API_URL", "https://api.x.com, or the sandbox's …/twitter"),
        ("TWITTER_FIELD_STYLE", "tweet or post: how X's fields are spelt (tweet)"),
    ]

    private let vault: TokenVault?
    private let clientID: String?
    private let clientSecret: SecretString?
    private let apiURL: String
    private let fieldStyle: TwitterFieldStyle

    public init(reading reader: inout SettingsReader) {
        vault = reader.tokenVault()
        clientID = reader.required("TWITTER_CLIENT_ID", "expected the app's id at X")
        clientSecret = reader.secret("TWITTER_CLIENT_SECRET", "expected the app's secret at X")
        apiURL = reader.baseURL("TWITTER_API_URL", default: TwitterClient.defaultBaseURL)
        fieldStyle = reader.choice("TWITTER_FIELD_STYLE", default: TwitterFieldStyle.tweet)
    }

    public func workflow(_ clients: ProgramClients) throws -> IngestionWorkflow {
        guard let vault, let clientID, let clientSecret else { throw IncompleteAssembly() }
        return IngestionWorkflow(
            postgres: clients.postgres, vault: vault,
            twitter: try TwitterClient(http: clients.http, baseURL: apiURL, fieldStyle: fieldStyle),
            clientID: clientID, clientSecret: clientSecret)
    }
}
