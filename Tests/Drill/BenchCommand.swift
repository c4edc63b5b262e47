import AMQP
import ArgumentParser
import Bootstrap
import ConsumerRuntime
import Contracts
import EventLoop
import FoundationEssentials
import Logging
import Postgres
import Redis
import Schema
import ServiceLifecycle
import Synchronization
import Topology

/// How many jobs a second one process does: the empty job (consume, decode, acknowledge) or the standard one. Prints one line.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures jobs per second; takes AMQP_URL, DATABASE_URL, REDIS_URL.",
        discussion:
            "Makes schema, topology and the users if they are not there, publishes, then measures the consuming.")

    enum Job: String, ExpressibleByArgument, CaseIterable {
        case empty, standard
        /// Only fills the queue, for consumers that are other processes.
        case fill
    }

    @Argument var job: Job
    @Argument var count = 20_000
    @Option(help: "Jobs in flight.") var concurrency = 500
    @Option(help: "How many users the messages are of.") var users = 1000

    @Flag(help: "The queue has been filled before, by `bench fill`.") var filled = false

    func run() async throws {
        var reader = SettingsReader()
        let servers = ServerSettings.read(&reader, program: "consumer-drill", connections: 16, usesRedis: true)
        try reader.finish()
        guard let broker = servers.broker, let postgres = servers.postgres, let redis = servers.redis else { return }
        let pool = PostgresPool(configuration: postgres, logger: Logger(label: "bench"))
        _ = try await Migrator(postgres: pool).apply()
        _ = try await TopologyApplier(try .current(), on: broker).apply()
        try await pool.query(
            """
            with made as (
                insert into users (id) select 'user-' || n from generate_series(1, \(users)) n on conflict do nothing returning id)
            , tokens as (insert into oauth_tokens (user_id, access_token) select id, '' from made)
            insert into subscriptions (user_id, tier, status) select id, 'pro', 'active' from made
            """)
        if !filled { try await fill(broker) }
        let elapsed =
            switch job {
            case .empty: try await empty(broker)
            case .standard: try await standard(broker, Self.pool(postgres, as: "repazoo_ingest"), RedisClient(redis))
            case .fill: Duration.zero
            }
        guard job != .fill else { return }
        let seconds = elapsed / .milliseconds(1) / 1000
        print("\(job.rawValue) \(count) jobs \(seconds) s \(Int(Double(count) / seconds)) jobs/s")
    }

    /// With the rights of a role, and bound by its policies.
    private static func pool(_ postgres: PostgresConfiguration, as role: String) -> PostgresPool {
        var configuration = postgres
        configuration.settings["role"] = role
        return PostgresPool(configuration: configuration, logger: Logger(label: "bench"))
    }

    private func fill(_ broker: AMQPConfiguration) async throws {
        let publisher = AMQPPublisher(broker)
        try await publisher.start(patience: .seconds(10))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<1000 {
                group.addTask(executorPreference: EventLoop.shared) {
                    for number in stride(from: lane, to: count, by: 1000) {
                        try await publisher.publish(message(number))
                    }
                }
            }
            try await group.waitForAll()
        }
        await publisher.close()
    }

    private func message(_ number: Int) -> Publication {
        var properties = AMQPProperties()
        properties.messageID = MessageID.random().rawValue
        properties.type = IngestRequest.messageType.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        let body = Array(#"{"user_id":"user-\#(number % users + 1)","analyze":false}"#.utf8)
        return Publication(
            exchange: ExchangeName.requests.rawValue, routingKey: IngestRequest.routingKey.rawValue,
            properties: properties, body: body)
    }

    private func empty(_ broker: AMQPConfiguration) async throws -> Duration {
        let finished = Finished(after: count)
        let consumer = AMQPConsumer(broker, queue: QueueName.ingest.rawValue, prefetch: concurrency) { delivery in
            finished.began()
            _ = try? Envelope.check(delivery.messageProperties, for: .ingest)
            _ = try? IngestRequest.decode(delivery.body)
            return finished.one() ? .acknowledge : .abandon
        }
        try await consumer.start(patience: .seconds(10))
        let elapsed = await finished.wait()
        await consumer.stop(grace: .seconds(5))
        return elapsed
    }

    private func standard(
        _ broker: AMQPConfiguration, _ pool: PostgresPool, _ redis: RedisClient
    ) async throws -> Duration {
        let finished = Finished(after: count)
        var settings = ConsumerSettings()
        settings.concurrency = concurrency
        var logger = Logger(label: "bench")
        logger.logLevel = .warning
        let service = ConsumerService(
            workflow: StandardJob(postgres: pool, rate: RateCheck(redis: redis), hasEffect: false), broker: broker,
            postgres: pool, dependencies: DependencyWatch(), settings: settings, logger: logger,
            observeStep: {
                switch $0 {
                case .received: finished.began()
                case .settled: _ = finished.one()
                default: break
                }
            }, onDependency: { _, _ in })
        let group = ServiceGroup(services: [service], logger: logger)
        async let running: Void = group.run()
        let elapsed = await finished.wait()
        await group.triggerGracefulShutdown()
        try await running
        return elapsed
    }
}

/// Counts to a number and lets a waiter go on then. Connecting is not measured: the clock starts with the first.
final class Finished: Sendable {
    private let count: Int
    private let seen = Atomic<Int>(0)
    private let first = Mutex<ContinuousClock.Instant?>(nil)
    private let (stream, continuation) = AsyncStream<Void>.makeStream()

    init(after count: Int) { self.count = count }

    func began() { first.withLock { $0 = $0 ?? .now } }

    /// False beyond the count.
    func one() -> Bool {
        let number = seen.add(1, ordering: .relaxed).newValue
        if number == count { continuation.finish() }
        return number <= count
    }

    /// From the first that began to the last that is done.
    func wait() async -> Duration {
        for await _ in stream {}
        return first.withLock { .now - ($0 ?? .now) }
    }
}
