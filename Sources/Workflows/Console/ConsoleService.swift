import Hummingbird
import Logging
import ServiceLifecycle

/// The console on its port, and what watches queues, windows and guarantees for it.
struct ConsoleService: Service {
    let host: String
    let port: Int
    let router: ConsoleRouter
    /// Nil when exports are not handed out here.
    let downloads: DownloadResponder?
    /// What goes on beside the pages.
    let watches: [any Service]
    let logger: Logger

    func run() async throws {
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        let application = Application(
            responder: router.build { downloads?.add(to: $0) }.buildResponder(),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { [logger, host] channel in
                let port = channel.localAddress?.port ?? 0
                logger.info("serving the console", metadata: ["url": "http://\(host):\(port)", "port": "\(port)"])
            },
            logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for watch in watches { group.addTask { try await watch.run() } }
            group.addTask { try await application.run() }
            try await group.waitForAll()
        }
    }
}
