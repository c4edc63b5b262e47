import Alerts
import ArgumentParser
import Bootstrap
import FoundationEssentials

struct AlertsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows everything about one alert, and what to do.",
        discussion: """
            Of an alert of severity compliance also the breach clock, and what a notice to the authority holds. Reads \
            DATABASE_URL.

              repazoo alerts show 3f2a9c1e
            """)

    @Argument(help: "The id, or its first characters (4 at least).", transform: DeadID.check) var id: String
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let portrait = AlertPortrait(alert: try await AlertLookup.alert(id, in: pool), now: Date())
                if json {
                    output.answer(portrait.json.serialized())
                } else {
                    portrait.lines.forEach(output.answer)
                }
                return .done
            }
        }
    }
}
