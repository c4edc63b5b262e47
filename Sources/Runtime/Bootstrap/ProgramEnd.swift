import AMQP
import ErasureLedger
import Glibc
import ObjectStore
import Postgres
import Redis

/// How a program says why it could not go on: one line on standard error, and the exit code.
enum ProgramEnd {
    static func explain(_ error: any Error, _ program: String) -> ExitCode {
        switch error {
        case let error as AMQPError where [.accessRefused, .invalidURL, .tls].contains(error.kind):
            complain("\(program): AMQP_URL: \(error)", .configuration)
        case let error as PostgresError where [.authentication, .configuration].contains(error.kind):
            complain("\(program): DATABASE_URL: \(error)", .configuration)
        case let error as RedisError where error.kind == .refused:
            complain("\(program): REDIS_URL: \(error)", .configuration)
        case is LedgerIsOlder: complain("\(program): \(error)", .configuration)
        case let error as ObjectStoreError:
            complain("\(program): EXPORT_STORE: \(error)", error.isRetryable ? .unavailable : .configuration)
        case is AMQPError: complain("\(program): RabbitMQ cannot be used: \(error)", .unavailable)
        case is PostgresError: complain("\(program): PostgreSQL cannot be used: \(error)", .unavailable)
        case is RedisError: complain("\(program): Redis cannot be used: \(error)", .unavailable)
        case let faults as ConfigurationFaults: complain("\(program): \(faults)", .configuration)
        default: complain("\(program): \(error)", .notSo)
        }
    }

    static func complain(_ text: String, _ code: ExitCode) -> ExitCode {
        write(text)
        return code
    }

    static func write(_ text: String) {
        var line = text + "\n"
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
