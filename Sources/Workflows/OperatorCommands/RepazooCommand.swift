public import ArgumentParser
import Bootstrap

/// The operator's command line.
public struct RepazooCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "repazoo", abstract: "Sets up, checks and drives the repazoo consumers.",
        discussion: """
            A new installation, and a first request:

              repazoo migrate && repazoo topology apply && repazoo doctor
              repazoo publish ingest --user user-123456 --wait

            Servers are named by AMQP_URL, DATABASE_URL and REDIS_URL; any variable X may come as X_FILE, the path of a \
            file that holds it.

            Exit codes: 0 done, 1 not so (a difference, an unhealthy part, a refused request), 64 bad usage, \
            69 a server cannot be reached, 78 bad configuration.
            """,
        version: Release.version,
        subcommands: [
            DoctorCommand.self, MigrateCommand.self, TopologyCommand.self, PublishCommand.self, RunCommand.self,
            HealthCommand.self, ScheduleCommand.self, DeadCommand.self, UserCommand.self, AuditCommand.self,
            KeysCommand.self, ConsoleCommand.self, ExportsCommand.self, RedactCommand.self, SanitizeCommand.self,
            DemoCommand.self, AlertsCommand.self, RetentionCommand.self, HoldCommand.self,
        ])

    public init() {}
}
