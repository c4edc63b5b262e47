import AMQP
import Contracts
import FoundationEssentials
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// Looks at every queue every five seconds and remembers the last ten minutes, for the lines on the overview. Each copy of the console
/// looks for itself; nothing is stored.
final class QueueWatch: Service {
    static let interval = Duration.seconds(5)
    private static let looks = 120

    /// What is known of one queue, oldest first. Nil where it could not be looked at.
    struct History: Sendable {
        private(set) var depths: [Int] = []
        /// How many seconds behind its consumers are; 0 for an empty queue. Work queues only.
        private(set) var ages: [Int] = []

        mutating func add(depth: Int) { Self.append(depth, to: &depths) }
        mutating func add(age: Int) { Self.append(age, to: &ages) }

        private static func append(_ number: Int, to numbers: inout [Int]) {
            numbers.append(number)
            if numbers.count > QueueWatch.looks { numbers.removeFirst(numbers.count - QueueWatch.looks) }
        }
    }

    struct Picture: Sendable {
        var queues: [QueueName: History] = [:]
        /// Why the broker cannot be looked at; nil when all is well.
        var problem: String?
        var lookedAt: Date?
        /// Messages that no queue took; nil while the broker has not been looked at.
        var unroutable: Int? { queues[.unroutable]?.depths.last }
    }

    private let broker: AMQPConfiguration
    private let postgres: PostgresPool
    private let logger: Logger
    private let state = Mutex(Picture())

    /// - Parameter postgres: Where consumers say how far they are.
    init(broker: AMQPConfiguration, postgres: PostgresPool, logger: Logger) {
        var broker = broker
        broker.connectionName = "repazoo-console queues"
        self.broker = broker
        self.postgres = postgres
        self.logger = logger
    }

    var picture: Picture { state.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await lookUntilItFails()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func lookUntilItFails() async {
        do {
            let connection = try await AMQPConnection.open(broker)
            while !Task.isCancelled {
                for queue in Self.watched { note(try await connection.inspectQueue(queue.rawValue), of: queue) }
                await noteAges(at: Date())
                state.withLock { picture in
                    picture.problem = nil
                    picture.lookedAt = Date()
                }
                try await Task.sleep(for: Self.interval)
            }
            await connection.close()
        } catch is CancellationError {
        } catch {
            let isNew = state.withLock { picture in
                defer { picture.problem = "\(error)" }
                return picture.problem == nil
            }
            if isNew { logger.warning("the queues cannot be looked at", metadata: ["error": "\(error)"]) }
        }
    }

    private func note(_ found: AMQPConnection.QueueState, of queue: QueueName) {
        state.withLock { $0.queues[queue, default: History()].add(depth: found.messages) }
    }

    /// By the message that was taken last: all that wait are younger. Without the database the lines pause.
    private func noteAges(at now: Date) async {
        guard let pulses = try? await Pulse.all(postgres, since: now - Overview.patience) else { return }
        state.withLock { picture in
            for consumer in ConsumerName.allCases {
                let depth = picture.queues[consumer.queue]?.depths.last ?? 0
                let taken = pulses[consumer.program]?.takenPublishedAt
                let age = depth > 0 ? taken.map { max(0, Int(now.timeIntervalSince($0))) } ?? 0 : 0
                picture.queues[consumer.queue, default: History()].add(age: age)
            }
        }
    }

    static let watched = ConsumerName.allCases.flatMap { [$0.queue, $0.deadQueue] } + [.unroutable]
}
