public import FoundationEssentials
import Hummingbird
public import Logging
import ServiceLifecycle

/// The sandbox as a service in a process: real HTTP on a loopback port.
public struct SandboxServer: Sendable {
    public struct Options: Sendable {
        public var host = "127.0.0.1"
        /// 0 takes a free port.
        public var port = 0
        /// Where mail is taken; 0 takes a free port, nil none at all.
        public var mailPort: Int? = 0
        /// The posts of every user; nothing means that each user's are generated.
        public var timeline: [XTweet]?
        /// Each answer of a provider comes this much later.
        public var latency = Duration.zero
        public var faults = FaultPlan.none
        /// The clock of rate windows and tokens.
        public var now: @Sendable () -> Date = { Date() }

        public init() {}
    }

    private let options: Options
    private let logger: Logger

    public init(options: Options, logger: Logger) {
        self.options = options
        self.logger = logger
    }

    /// Serves until the task is cancelled or, if asked to listen for them, SIGTERM or SIGINT come.
    /// - Parameter onListening: is told the ports of the web and of the mail server, once, when requests can come.
    /// - Throws: what the system says when a port cannot be had.
    public func run(
        endsOnSignals: Bool, onListening: @escaping @Sendable (_ port: Int, _ mailPort: Int?) -> Void
    ) async throws {
        let stage = Stage(
            providers: [
                XProvider(timeline: options.timeline), AnthropicProvider(), SlackProvider(), PagerDutyProvider(),
            ], faults: options.faults,
            latency: options.latency)
        var mail: MailSink?
        if let port = options.mailPort {
            mail = MailSink(host: options.host, port: port) { [now = options.now] in await stage.takeMail($0, now: now)
            }
            guard let mail else { throw MailPortTaken(port: port) }
            await stage.serveMail(at: "smtp://\(options.host):\(mail.port)")
        }
        defer { mail?.stop() }
        let mailPort = mail?.port
        let application = Application(
            responder: SandboxResponder(stage: stage, now: options.now),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), serverName: "repazoo-sandbox"),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0, mailPort) }, logger: logger)
        try await application.runService(gracefulShutdownSignals: endsOnSignals ? [.sigterm, .sigint] : [])
    }
}

struct MailPortTaken: Error, CustomStringConvertible {
    let port: Int
    var description: String { "the mail server's port \(port) cannot be had" }
}
