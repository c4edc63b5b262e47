public import AMQP
public import Postgres
public import Redis

/// The three engines. Each is nil only together with a fault in the reader.
public struct ServerSettings: Sendable {
    public let broker: AMQPConfiguration?
    public let postgres: PostgresConfiguration?
    public let redis: RedisConfiguration?

    /// Reads `AMQP_URL`, `DATABASE_URL` and, if the program uses it, `REDIS_URL`.
    public static func read(
        _ reader: inout SettingsReader, program: String, connections: Int = 8, usesRedis: Bool = false
    ) -> ServerSettings {
        ServerSettings(
            broker: broker(&reader, program), postgres: postgres(&reader, program, connections),
            redis: usesRedis ? redis(&reader) : nil)
    }

    private static func broker(_ reader: inout SettingsReader, _ program: String) -> AMQPConfiguration? {
        guard let url = reader.required("AMQP_URL", "expected amqp://user:password@host:port/vhost") else { return nil }
        do throws(AMQPError) { return try AMQPConfiguration(url: url, connectionName: program) } catch {
            reader.fault("AMQP_URL", error.message)
            return nil
        }
    }

    private static func postgres(
        _ reader: inout SettingsReader, _ program: String, _ connections: Int
    ) -> PostgresConfiguration? {
        guard let url = reader.required("DATABASE_URL", "expected postgresql://user:password@host:port/database") else {
            return nil
        }
        let configuration = PostgresConfiguration(url: url, maxConnections: connections, applicationName: program)
        do throws(PostgresError) { try configuration.validate() } catch {
            reader.fault("DATABASE_URL", error.message)
            return nil
        }
        return configuration
    }

    private static func redis(_ reader: inout SettingsReader) -> RedisConfiguration? {
        guard let url = reader.required("REDIS_URL", "expected redis://host:port/0 or unix:///path") else { return nil }
        do { return try RedisConfiguration(url: url) } catch {
            reader.fault("REDIS_URL", "\(error)")
            return nil
        }
    }
}
