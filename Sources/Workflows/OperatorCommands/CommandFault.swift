import AMQP
import Alerts
import Bootstrap
import DeadLetters
import Postgres
import Redis
import Schema
import Topology

/// Why a command could not do its work: what is wrong, what to do, and the exit code.
struct CommandFault: Error, CustomStringConvertible {
    let description: String
    let code: Bootstrap.ExitCode

    init(_ description: String, _ code: Bootstrap.ExitCode = .notSo) {
        self.description = description
        self.code = code
    }

    /// Says of any error what the operator needs. Text of unknown errors is left out, as it may hold anything.
    init(_ error: any Error) {
        switch error {
        case let fault as CommandFault: self = fault
        case let faults as ConfigurationFaults: self.init("\(faults)", .configuration)
        case let error as AMQPError: self.init(error)
        case let error as PostgresError: self.init(error)
        case let error as PostgresTransactionError:
            if let first = error.first { self.init(first) } else { self.init("\(error)") }
        case let error as RedisError: self.init("Redis (REDIS_URL): \(error)", .unavailable)
        case let fault as Migrator.Fault: self.init("\(fault)")
        case let error as InvalidTopology: self.init("\(error)")
        case let fault as MissingRoute: self.init("\(fault)")
        case let fault as AlertChange.Fault: self.init("\(fault)")
        case is CancellationError: self.init("interrupted")
        default: self.init("unexpected \(type(of: error))")
        }
    }

    private init(_ error: AMQPError) {
        switch error.kind {
        case .invalidURL, .tls: self.init("AMQP_URL: \(error)", .configuration)
        case .accessRefused:
            self.init(
                "AMQP_URL: the broker refuses this user, password, virtual host or action: \(error)", .configuration)
        case .unreachable, .timeout, .connectionLost:
            self.init("RabbitMQ cannot be reached: \(error); check AMQP_URL and that the broker runs", .unavailable)
        default: self.init("RabbitMQ: \(error)")
        }
    }

    private init(_ error: PostgresError) {
        switch error.kind {
        case .configuration, .authentication: self.init("DATABASE_URL: \(error)", .configuration)
        case .unavailable, .connectionLost, .timedOut:
            self.init(
                "PostgreSQL cannot be reached: \(error); check DATABASE_URL and that the server runs", .unavailable)
        default:
            let isOld = [.undefinedTable, .undefinedColumn].contains(error.sqlState)
            let advice = isOld ? "; run `repazoo migrate`" : ""
            self.init("\(error)\(advice)")
        }
    }
}
