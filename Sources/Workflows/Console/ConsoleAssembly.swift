import Alerts
import AuditTrail
public import Bootstrap
import Export
import FoundationEssentials
import ObjectStore
import RateLimits
import Redis
public import ServiceLifecycle
import TokenVault

/// Puts the console together.
public struct ConsoleAssembly: ProgramAssembly {
    public static let program = "repazoo-console"
    public static let abstract =
        "The web console of the operator and the privacy officer, and the signed downloads of exports."
    public static let duty = "Serves the console"
    public static let variables: [(name: String, meaning: String)] = [
        ("CONSOLE_HOST, CONSOLE_PORT", "where it listens (127.0.0.1, 8080)"),
        ("CONSOLE_USERS", "name:role:hash, one a line; `repazoo console hash` makes a hash"),
        ("CONSOLE_SESSION", "how long a session lasts unused; by OpenID, at all (8h)"),
        (
            "CONSOLE_OIDC_ISSUER, CONSOLE_OIDC_CLIENT_ID, CONSOLE_OIDC_CLIENT_SECRET",
            "people may sign in by this OpenID provider too; it must know PUBLIC_URL + \(OpenIDSignIn.callback)"
        ),
        ("CONSOLE_OIDC_ROLES", "value=role, one a line: who has which role; the first that fits counts"),
        ("CONSOLE_OIDC_ROLE_CLAIM, CONSOLE_OIDC_NAME_CLAIM", "where values and names are (groups, preferred_username)"),
        ("CONSOLE_OIDC_SCOPES, CONSOLE_OIDC_LABEL", "what is asked for (openid profile); what the button says"),
        ("PUBLIC_URL", "where people reach it; https:// makes its cookies secure"),
        (
            "EXPORT_SIGNING_KEY",
            "checks links to exports, as repazoo-export signs them; without it there are no downloads"
        ),
        ("EXPORT_STORE", "where exports lie, as repazoo-export has it"),
        ("ENCRYPTION_KEY", "opens the keys of stored exports"),
        ("REDIS_URL", "where the consumers count their calls to providers; without it their windows are not shown"),
        ("TWITTER_APP_RATE_LIMIT, ANTHROPIC_ORG_LIMITS", "the limits, as the consumers are told them"),
        ("ALERT_RULES", "what the rules mean, as repazoo-monitor has them"),
        ("AUDIT_PUBLIC_KEY or AUDIT_SIGNING_KEY", "checks the signatures of the audit trail"),
    ]
    public static let usesRedis = false

    private let host: String
    private let port: Int
    private let directory: UserDirectory
    private let lifetime: Duration
    private let publicURL: String?
    private let openID: OpenIDSettings?
    private let redis: RedisConfiguration?
    private let limits: WindowWatch.Limits
    private let auditKeys: AuditPublicKeys?
    private let rules: AlertRules?
    private let exports: (settings: ExportSettings, store: ObjectStoreSettings, vault: TokenVault)?

    public init(reading reader: inout SettingsReader) {
        host = reader.text("CONSOLE_HOST") ?? "127.0.0.1"
        port = reader.integer("CONSOLE_PORT", default: 8080, in: 0...65535)
        let (directory, faults) = UserDirectory.read(reader.text("CONSOLE_USERS") ?? "")
        for fault in faults { reader.fault("CONSOLE_USERS", fault) }
        self.directory = directory
        lifetime = reader.duration("CONSOLE_SESSION", default: .seconds(8 * 3600))
        publicURL = reader.text("PUBLIC_URL")
        openID = OpenIDSettings.read(&reader, publicURL: publicURL)
        redis = reader.text("REDIS_URL").flatMap { url in
            do { return try RedisConfiguration(url: url) } catch {
                reader.fault("REDIS_URL", "\(error)")
                return nil
            }
        }
        limits = WindowWatch.Limits(
            app: reader.rateLimit("TWITTER_APP_RATE_LIMIT", default: .twitterApp),
            organisation: reader.text("ANTHROPIC_ORG_LIMITS").flatMap { OrganisationLimits(setting: $0) }
                ?? OrganisationLimits())
        auditKeys = reader.auditPublicKeys()
        rules = reader.alertRules()
        exports = Self.exports(&reader)
    }

    private static func exports(
        _ reader: inout SettingsReader
    ) -> (settings: ExportSettings, store: ObjectStoreSettings, vault: TokenVault)? {
        guard reader.text("EXPORT_SIGNING_KEY") != nil else { return nil }
        let (settings, store, vault) = (ExportSettings.read(&reader), reader.objectStore(), reader.tokenVault())
        guard let settings, let store, let vault else { return nil }
        return (settings, store, vault)
    }

    private func downloads(_ clients: ProgramClients) -> DownloadResponder? {
        guard let exports else {
            clients.logger.warning("exports cannot be downloaded: EXPORT_SIGNING_KEY is not set")
            return nil
        }
        return DownloadResponder(
            desk: DownloadDesk(postgres: clients.postgres, vault: exports.vault),
            store: exports.store.store(http: clients.http), keys: exports.settings.keys, logger: clients.logger)
    }

    public func service(_ clients: ProgramClients) throws -> any Service {
        guard let rules else { throw IncompleteAssembly() }
        if directory.isEmpty, openID == nil {
            clients.logger.warning(
                "nobody can sign in: CONSOLE_USERS is empty, and there is no CONSOLE_OIDC_ISSUER; signed downloads are served all the same"
            )
        }
        let queues = QueueWatch(broker: clients.broker, postgres: clients.postgres, logger: clients.logger)
        let windows = WindowWatch(
            redis: redis.map { RedisClient($0) }, postgres: clients.postgres, limits: limits, logger: clients.logger)
        let assets = ConsoleAssets()
        let (templates, cookies) = (
            try TemplateShelf(assets: assets), SessionCookie(isSecure: publicURL?.hasPrefix("https://") == true)
        )
        let desk = ConsoleDesk(
            postgres: clients.postgres, broker: clients.broker, queues: queues, windows: windows, rules: rules,
            auditKeys: auditKeys,
            logger: clients.logger, now: { Date() })
        let sessions = SessionStore(
            postgres: clients.postgres, directory: directory, lifetime: lifetime, takesOpenID: openID != nil)
        let router = ConsoleRouter(
            desk: desk, sessions: sessions, cookies: cookies, templates: templates, assets: assets,
            openID: openID.map {
                OpenIDSignIn(
                    settings: $0, provider: OpenIDProvider(settings: $0, http: clients.http), sessions: sessions,
                    cookies: cookies, templates: templates, desk: desk)
            })
        // The console asks the broker for nothing but looks and single messages: it is ready without it.
        clients.onDependency("rabbitmq", nil)
        return ConsoleService(
            host: host, port: port, router: router, downloads: downloads(clients),
            watches: [queues, windows, GuaranteeWatch(postgres: clients.postgres, logger: clients.logger)],
            logger: clients.logger)
    }
}
