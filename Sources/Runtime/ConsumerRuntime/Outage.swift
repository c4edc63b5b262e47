import AMQP
import Postgres
import Redis

/// Errors that say that a server of ours is away, and nothing about the message.
enum Outage {
    static func explains(_ error: any Error) -> Bool {
        switch error {
        case let error as PostgresError: error.meansServerIsAway
        case let error as PostgresTransactionError: error.first.map(explains) ?? false
        case let error as RedisError: error.isRetryable
        case is AMQPError, is CancellationError: true
        default: false
        }
    }

    /// Will not pass by itself: nothing is bound where a message must go, or the broker refuses our rights.
    static func needsPeople(_ error: any Error) -> Bool {
        guard let error = error as? AMQPError else { return false }
        return error.kind == .unroutable || error.kind == .accessRefused || error.kind == .closedByBroker(code: 404)
            || error.kind == .closedByBroker(code: 403)
    }
}
