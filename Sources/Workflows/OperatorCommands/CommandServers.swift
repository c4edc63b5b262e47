import AMQP
import Bootstrap
import Glibc
import Logging
import Postgres
import Redis

/// The servers as a command needs them: impatient, with few connections, and silent about what the command itself will say.
struct CommandServers {
    var broker: AMQPConfiguration?
    var postgres: PostgresConfiguration?
    var redis: RedisConfiguration?

    static let program = "repazoo"

    enum Need: CaseIterable { case broker, postgres, redis }

    /// Reads what is needed and throws all faults at once.
    static func read(
        _ needs: Set<Need>, environment: [String: String]
    ) throws(ConfigurationFaults) -> CommandServers {
        var reader = SettingsReader(environment: environment)
        let servers = read(needs, &reader)
        try reader.finish()
        return servers
    }

    /// Leaves the faults in the reader.
    static func read(_ needs: Set<Need>, _ reader: inout SettingsReader) -> CommandServers {
        var servers = CommandServers()
        if needs.contains(.broker),
            let url = reader.required("AMQP_URL", "expected amqp://user:password@host:port/vhost")
        {
            do throws(AMQPError) {
                servers.broker = try AMQPConfiguration(url: url, connectionName: program)
                servers.broker?.connectTimeout = .seconds(5)
            } catch { reader.fault("AMQP_URL", error.message) }
        }
        if needs.contains(.postgres),
            let url = reader.required("DATABASE_URL", "expected postgresql://user:password@host:port/database")
        {
            let configuration = PostgresConfiguration(
                url: url, maxConnections: 2, applicationName: program, acquireTimeout: .seconds(5))
            do throws(PostgresError) {
                try configuration.validate()
                servers.postgres = configuration
            } catch { reader.fault("DATABASE_URL", error.message) }
        }
        if needs.contains(.redis),
            let url = reader.required("REDIS_URL", "expected redis://host:port/0 or unix:///path")
        {
            do { servers.redis = try RedisConfiguration(url: url) } catch { reader.fault("REDIS_URL", "\(error)") }
        }
        return servers
    }

    /// Opens a pool for the time of `body`.
    static func withPool<T>(
        _ configuration: PostgresConfiguration, _ body: (PostgresPool) async throws -> T
    ) async throws -> T {
        signal(SIGPIPE, SIG_IGN)
        let silent = Logger(label: program) { _ in SwiftLogNoOpLogHandler() }
        let pool = PostgresPool(configuration: configuration, logger: silent)
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close(grace: .zero)
            throw error
        }
    }
}

extension CommandServers {
    /// The same for statements that take as long as there is data.
    static func withPatientPool<T>(
        _ configuration: PostgresConfiguration, _ body: (PostgresPool) async throws -> T
    ) async throws -> T {
        var configuration = configuration
        configuration.statementTimeout = nil
        configuration.requestTimeout = .seconds(24 * 3600)
        return try await withPool(configuration, body)
    }

    /// For settings that were read without a fault.
    func needed<Value>(_ value: KeyPath<CommandServers, Value?>, _ variable: String) throws(CommandFault) -> Value {
        guard let found = self[keyPath: value] else { throw CommandFault("\(variable) is not set", .configuration) }
        return found
    }
}
