import AMQP
import Alerts
import AuditTrail
import FoundationEssentials
import Logging
import Postgres

/// What the pages work with. Everything in it is shared and safe from any task.
struct ConsoleDesk: Sendable {
    let postgres: PostgresPool
    let broker: AMQPConfiguration
    let queues: QueueWatch
    let windows: WindowWatch
    /// What an alert's rule means, and what to do.
    let rules: AlertRules
    /// By which checkpoints of the audit trail are checked; nil = their signatures are not.
    let auditKeys: AuditPublicKeys?
    let logger: Logger
    let now: @Sendable () -> Date
}
