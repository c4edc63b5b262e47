public import ArgumentParser
import Glibc

/// The command line of a long-running program: `--help` that teaches, `--version`, and nothing to pass, as all settings come from the
/// environment.
public protocol ProgramCommand: AsyncParsableCommand {
    associatedtype Assembly: ProgramAssembly
}

extension ProgramCommand {
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Assembly.program, abstract: Assembly.abstract, discussion: discussion,
            version: Release.version)
    }

    public func run() async throws {
        let code = await ProgramHost.run(Assembly.self)
        if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
    }

    private static var discussion: String {
        let common =
            [
                ("AMQP_URL", "amqp://user:password@host:port/vhost; a comma-separated list is a cluster"),
                ("DATABASE_URL", "postgresql://user:password@host:port/database"),
            ] + (Assembly.usesRedis ? [("REDIS_URL", "redis://host:port/0 or unix:///path")] : [])
        let optional = [
            ("EXPORT_STORE", "holds the ledger of erasures, which is asked at the start"),
            ("CONSUMER_CONCURRENCY", "jobs in flight (16)"),
            ("HTTP_PORT, HTTP_HOST", "serves /healthz, /readyz, /metrics"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "a collector's address: traces are sent there by OTLP/HTTP"),
            ("SHUTDOWN_GRACE", "time to finish after SIGTERM (30s)"),
            ("STARTUP_TIMEOUT", "patience with servers at start (60s)"),
            ("LOG_LEVEL, LOG_FORMAT", "info; json or text"),
        ]
        let lines = (common + Assembly.variables.map { ($0.name, $0.meaning) } + optional).map {
            "  " + $0.0.padded(to: 24) + " " + $0.1
        }
        return """
            \(Assembly.duty) until SIGTERM. Configured by the environment; any variable X may \
            come as X_FILE, the path of a file that holds it:

            \(lines.joined(separator: "\n"))

            Exit codes: 0 stopped cleanly, 64 bad usage, 69 a server stayed out of reach, 78 bad configuration.
            """
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// The command line of any long-running program, for executables that are several of them.
public struct AssemblyCommand<Assembly: ProgramAssembly>: ProgramCommand {
    public init() {}
}
