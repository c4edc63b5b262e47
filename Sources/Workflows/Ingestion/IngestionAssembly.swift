public import Bootstrap
import ConsumerRuntime
public import Contracts
import Postgres
import Privacy
import RateLimits
import TokenVault
import TwitterAPI
import TwitterCalls

/// Puts the ingest consumer together.
public struct IngestionAssembly: ConsumerAssembly {
    public static let consumer = ConsumerName.ingest
    public static let usesRedis = true
    public static let abstract = "Reads the timelines of consenting users from X and stores their tweets."
    public static let variables: [(name: String, meaning: String)] = [
        ("ENCRYPTION_KEY", "Fernet key of the stored tokens; `repazoo keys generate` makes one"),
        ("TWITTER_CLIENT_ID, TWITTER_CLIENT_SECRET", "the app at X, for refreshing tokens"),
        ("TWITTER_API_URL", "https://api.x.com, or the sandbox's …/twitter"),
        ("TWITTER_FIELD_STYLE", "tweet or post: how X's fields are spelt (tweet)"),
        ("TWITTER_RATE_LIMIT", "calls for one user in any window (900/15m)"),
        ("TWITTER_APP_RATE_LIMIT", "calls of the app, all users together (10000/15m)"),
        ("TWITTER_TIMEOUT", "how long one call to X may take (30s)"),
    ]

    private let vault: TokenVault?
    private let clientID: String?
    private let clientSecret: SecretString?
    private let apiURL: String
    private let fieldStyle: TwitterFieldStyle
    private let limits: TwitterCalls.Limits
    private let timeout: Duration

    public init(reading reader: inout SettingsReader) {
        vault = reader.tokenVault()
        clientID = reader.required("TWITTER_CLIENT_ID", "expected the app's id at X")
        clientSecret = reader.secret("TWITTER_CLIENT_SECRET", "expected the app's secret at X")
        apiURL = reader.baseURL("TWITTER_API_URL", default: TwitterClient.defaultBaseURL)
        fieldStyle = reader.choice("TWITTER_FIELD_STYLE", default: TwitterFieldStyle.tweet)
        limits = TwitterCalls.Limits(
            user: reader.rateLimit("TWITTER_RATE_LIMIT", default: .twitterUser),
            app: reader.rateLimit("TWITTER_APP_RATE_LIMIT", default: .twitterApp))
        timeout = reader.duration("TWITTER_TIMEOUT", default: .seconds(30))
        if !(.seconds(1) ... .seconds(300)).contains(timeout) {
            reader.fault("TWITTER_TIMEOUT", "must be from 1s to 5m")
        }
    }

    public func workflow(_ clients: ProgramClients) throws -> IngestionWorkflow {
        guard let vault, let clientID, let clientSecret, let redis = clients.redis else { throw IncompleteAssembly() }
        let calls = TwitterCalls(
            client: try TwitterClient(
                http: clients.http, baseURL: apiURL, fieldStyle: fieldStyle, timeout: timeout),
            app: TwitterApp(clientID: clientID, clientSecret: clientSecret, apiURL: apiURL), limits: limits,
            redis: redis, postgres: clients.postgres, actor: Self.consumer.program)
        return IngestionWorkflow(postgres: clients.postgres, vault: vault, twitter: calls)
    }
}
