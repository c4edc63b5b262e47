public import AMQP
import Contracts
import FoundationEssentials
public import Logging
public import Postgres
public import ServiceLifecycle
import Synchronization

/// Takes the dead letters of every consumer off the broker and into the table `dead_letters`, where `repazoo dead`
/// finds them.
///
/// Six consumers, each on a connection of its own; any number of copies of this service may run. A letter is
/// acknowledged after its commit, so a crash stores it again, which changes nothing. While the database takes none, the
/// service takes none from the broker either and keeps what it holds. On shutdown it takes no more, finishes what it
/// holds within the grace, and gives the rest back.
public struct DeadLetterService: Service {
    /// Hears that a server (`rabbitmq`, `postgres`) went away (with the reason) or came back (nil). Each turn is told
    /// once.
    public typealias DependencyObserver = @Sendable (_ server: String, _ problem: String?) -> Void

    private let broker: AMQPConfiguration
    private let postgres: PostgresPool
    private let grace: Duration
    private let startupTimeout: Duration
    private let prefetch: Int
    private let logger: Logger
    private let onStored: @Sendable () -> Void
    private let onDependency: DependencyObserver

    /// Connects to nothing yet. `prefetch` is for each of the six queues. `onStored` hears of each letter that is new in the
    /// table, and must be quick.
    public init(
        broker: AMQPConfiguration, postgres: PostgresPool, grace: Duration = .seconds(30),
        startupTimeout: Duration = .seconds(60), prefetch: Int = 16, logger: Logger,
        onDependency: @escaping DependencyObserver = { _, _ in }, onStored: @escaping @Sendable () -> Void = {}
    ) {
        self.broker = broker
        self.postgres = postgres
        self.grace = grace
        self.startupTimeout = startupTimeout
        self.prefetch = prefetch
        self.logger = logger
        self.onStored = onStored
        self.onDependency = onDependency
    }

    public func run() async throws {
        let gate = StorageGate()
        // Only the latest turn counts, and turns are carried out one after the other.
        let (turns, turn) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        let keeper = DeadLetterKeeper(
            table: DeadLetterTable(postgres: postgres), gate: gate, logger: logger, now: { Date() },
            onStored: onStored
        ) { [onDependency] problem in
            onDependency("postgres", problem)
            turn.yield(problem == nil)
        }
        let consumers = makeConsumers(keeper)
        let steering = Task {
            for await isTaking in turns {
                for consumer in consumers { await consumer.allow(isTaking ? .all : .none) }
            }
        }
        defer {
            turn.finish()
            steering.cancel()
        }
        do {
            try await cancelWhenGracefulShutdown { [startupTimeout] in
                try await each(consumers) { try await $0.start(patience: startupTimeout) }
            }
        } catch {
            gate.close()
            await stop(consumers, within: .zero)
            if Task.isShuttingDownGracefully { return }
            throw error
        }
        logger.info("consuming dead letters", metadata: ["queues": "\(consumers.count)", "prefetch": "\(prefetch)"])

        try? await gracefulShutdown()

        gate.close()
        let left = await stop(consumers, within: grace)
        logger.info("stopped taking dead letters", metadata: ["given_back": "\(left)"])
    }

    private func makeConsumers(_ keeper: DeadLetterKeeper) -> [AMQPConsumer] {
        let watch = BrokerWatch(onDependency: onDependency)
        return ConsumerName.allCases.map { consumer in
            var configuration = broker
            configuration.connectionName = "\(ConsumerName.alert.program) \(consumer.deadQueue)"
            return AMQPConsumer(
                configuration, queue: consumer.deadQueue.rawValue, prefetch: prefetch,
                onAvailabilityChange: { watch.report($0, of: consumer) },
                handler: { await keeper.keep($0, from: consumer) })
        }
    }

    private func each(
        _ consumers: [AMQPConsumer], _ body: @escaping @Sendable (AMQPConsumer) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for consumer in consumers { group.addTask { try await body(consumer) } }
            try await group.waitForAll()
        }
    }

    /// The number of letters that go back to their queues unfinished.
    @discardableResult
    private func stop(_ consumers: [AMQPConsumer], within grace: Duration) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for consumer in consumers { group.addTask { await consumer.stop(grace: grace) } }
            return await group.reduce(0, +)
        }
    }
}

/// Makes one turn of six connections': there once all stand, away with the first that goes. Thread-safe.
private final class BrokerWatch: Sendable {
    private let away = Mutex(Set(ConsumerName.allCases))
    private let onDependency: DeadLetterService.DependencyObserver

    init(onDependency: @escaping DeadLetterService.DependencyObserver) { self.onDependency = onDependency }

    func report(_ availability: AMQPConsumer.Availability, of consumer: ConsumerName) {
        switch availability {
        case .up:
            let isLast = away.withLock { $0.remove(consumer) != nil && $0.isEmpty }
            if isLast { onDependency("rabbitmq", nil) }
        case .down(let error):
            let isFirst = away.withLock { away in
                defer { away.insert(consumer) }
                return away.isEmpty
            }
            if isFirst { onDependency("rabbitmq", "\(error)") }
        }
    }
}
