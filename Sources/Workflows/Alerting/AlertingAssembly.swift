import Alerts
public import Bootstrap
import ConsumerRuntime
import Contracts
import FoundationEssentials
import HTTPTransport
public import ServiceLifecycle

/// Puts the alert consumer together: what takes in dead letters and alert events, and what tells people.
public struct AlertingAssembly: ProgramAssembly {
    public static let program = ConsumerName.alert.program
    public static let abstract = "Takes in dead letters and alerts, and tells people by mail, Slack and PagerDuty."
    public static let duty = "Consumes the queue repazoo.alert and the dead-letter queues, and sends notifications,"
    public static let variables = AlertingSettings.variables
    public static let usesRedis = false

    private let settings: AlertingSettings

    public init(reading reader: inout SettingsReader) { settings = AlertingSettings(reading: &reader) }

    public func service(_ clients: ProgramClients) throws -> any Service {
        guard let rules = settings.rules else { throw IncompleteAssembly() }
        var transport = HTTPClientConfiguration()
        transport.plainHTTP = clients.settings.plainHTTP
        transport.userAgent = "repazoo/\(Release.version)"
        transport.tracer = clients.tracer
        transport.mailTimeouts = settings.timeouts
        let channels = HTTPClient(configuration: transport)
        return AlertingService(
            clients: clients, rules: rules, channels: channels, notifiers: settings.notifiers(channels),
            watchEvery: settings.watchEvery)
    }
}
