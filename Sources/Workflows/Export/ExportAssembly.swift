public import Bootstrap
import ConsumerRuntime
public import Contracts
import ObjectStore
import TokenVault

/// Puts the export consumer together.
public struct ExportAssembly: ConsumerAssembly {
    public static let consumer = ConsumerName.export
    public static let abstract = "Hands users everything that is held about them, as a file behind a signed link."
    public static let variables: [(name: String, meaning: String)] = [
        ("EXPORT_STORE", "file:///folder (a state folder) or s3://bucket/prefix"),
        ("AWS_…", "for S3: REGION, ACCESS_KEY_ID, SECRET_ACCESS_KEY"),
        ("EXPORT_SIGNING_KEY", "signs links; the same as the console's"),
        ("EXPORT_LINK_TTL", "how long an export can be had (24h)"),
        ("EXPORT_CONCURRENCY", "exports made at a time in one process, each on a core (2); other requests wait"),
        ("PUBLIC_URL", "where the console is reached from outside"),
        ("ENCRYPTION_KEY", "keeps the keys of stored exports"),
        ("CONTROLLER_NAME", "who is responsible, as the export says it (Repazoo)"),
        ("CONTROLLER_CONTACT", "where to turn to (PUBLIC_URL)"),
    ]

    private let store: ObjectStoreSettings?
    private let settings: ExportSettings?
    private let vault: TokenVault?
    private let controller: Controller
    private let concurrency: Int

    public init(reading reader: inout SettingsReader) {
        store = reader.objectStore()
        settings = ExportSettings.read(&reader)
        vault = reader.tokenVault()
        concurrency = reader.integer("EXPORT_CONCURRENCY", default: 2, in: 1...64)
        let contact = reader.text("CONTROLLER_CONTACT") ?? settings?.publicURL ?? ""
        controller = Controller(
            name: reader.text("CONTROLLER_NAME") ?? "Repazoo",
            contact: contact.isEmpty ? "through the product" : contact)
    }

    public func workflow(_ clients: ProgramClients) throws -> ExportWorkflow {
        guard let store, let settings, let vault else { throw IncompleteAssembly() }
        if settings.publicURL.isEmpty {
            clients.logger.notice("PUBLIC_URL is not set: links are given without the console's address")
        }
        return ExportWorkflow(
            postgres: clients.postgres, store: store.store(http: clients.http), vault: vault, settings: settings,
            controller: controller, concurrency: concurrency)
    }
}
