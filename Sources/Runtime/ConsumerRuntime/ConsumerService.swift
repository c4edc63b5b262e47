public import AMQP
import CircuitBreakers
import Contracts
public import FoundationEssentials
public import Logging
public import Postgres
public import ServiceLifecycle
public import Tracing

/// One consumer as a service: connects, works off its queue, and on shutdown takes no more, finishes what it holds within the
/// grace, and gives the rest back to the broker by closing.
///
/// While PostgreSQL is away, or the broker takes no publications, it takes no messages either and keeps what it holds.
public struct ConsumerService<W: Workflow>: Service {
    /// Hears that a server went away (with the reason) or came back (nil).
    public typealias DependencyObserver = @Sendable (_ server: String, _ problem: String?) -> Void

    private let workflow: W
    private let broker: AMQPConfiguration
    private let postgres: PostgresPool
    private let vitals: Vitals
    private let settings: ConsumerSettings
    private let gate: DependencyGate
    private let logger: Logger
    private let tracer: (any Tracer)?
    private let metrics: ConsumerMetrics
    private let now: @Sendable () -> Date
    private let observeStep: StepObserver
    private let onDependency: DependencyObserver

    public init(
        workflow: W, broker: AMQPConfiguration, postgres: PostgresPool, dependencies: DependencyWatch,
        vitals: Vitals = Vitals(), settings: ConsumerSettings, logger: Logger,
        tracer: (any Tracer)? = nil, now: @escaping @Sendable () -> Date = { Date() },
        observeStep: @escaping StepObserver = { _ in },
        onDependency: @escaping DependencyObserver
    ) {
        self.workflow = workflow
        self.broker = broker
        self.postgres = postgres
        gate = dependencies.gate
        self.vitals = vitals
        self.settings = settings
        self.logger = logger
        self.tracer = tracer
        metrics = ConsumerMetrics(consumer: workflow.consumer.rawValue)
        self.now = now
        self.observeStep = observeStep
        self.onDependency = onDependency
    }

    public func run() async throws {
        let publisher = makePublisher()
        let consumer = makeConsumer(publisher)
        regulate(consumer)
        vitals.watch(workflow.circuits)
        do {
            try await cancelWhenGracefulShutdown { [settings] in
                try await publisher.start(patience: settings.startupTimeout)
                try await consumer.start(patience: settings.startupTimeout)
            }
        } catch  where Task.isShuttingDownGracefully {
            await consumer.stop(grace: .zero)
            return await publisher.close()
        }
        logger.info(
            "consuming", metadata: ["queue": "\(workflow.consumer.queue)", "concurrency": "\(settings.concurrency)"])

        try? await gracefulShutdown()

        let inFlight = await consumer.inFlight
        logger.info("stopping", metadata: ["in_flight": "\(inFlight)"])
        gate.close()
        let left = await consumer.stop(grace: settings.shutdownGrace)
        await publisher.close()
        logger.info("stopped", metadata: ["given_back": "\(left)"])
    }

    /// No messages while a server is away or a circuit is open; one at a time while a circuit probes.
    ///
    /// Changes are heard on several threads, and may be heard out of order. So what is heard is only that something changed;
    /// what holds is asked when the consumer has its turn, and the last turn comes after the last change.
    private func regulate(_ consumer: AMQPConsumer) {
        let lookAgain: @Sendable () -> Void = { Task { await consumer.allow { intake() } } }
        gate.onChange { _ in lookAgain() }
        for circuit in workflow.circuits { onDependency(circuit.name, nil) }
        for circuit in workflow.circuits + workflow.alternatives {
            let gauge = metrics.circuit(circuit.name)
            gauge.record(circuit.position.number)
            circuit.onChange { [weak circuit] _ in
                if let circuit { gauge.record(circuit.position.number) }
                lookAgain()
            }
        }
    }

    private func intake() -> Intake {
        let best = workflow.alternatives.map { Self.intake(through: $0.position) }.max() ?? .all
        return workflow.circuits.reduce(gate.isOpen ? best : .none) { allowed, circuit in
            switch circuit.position {
            case .closed:
                onDependency(circuit.name, nil)
                return allowed
            case .probing: return min(allowed, .one)
            case .open:
                onDependency(circuit.name, "too many calls failed: the circuit is open, no messages are taken")
                return .none
            }
        }
    }

    private static func intake(through position: Circuit.Position) -> Intake {
        switch position {
        case .closed: .all
        case .probing: .one
        case .open: .none
        }
    }

    private func makePublisher() -> AMQPPublisher {
        AMQPPublisher(named("publish")) { [gate, onDependency] availability in
            switch availability {
            case .up:
                gate.report("broker-publish", isAway: false)
                onDependency("rabbitmq", nil)
            case .blocked:
                gate.report("broker-publish", isAway: true)
                onDependency("rabbitmq", "blocked: memory or disk alarm")
            case .down(let error):
                gate.report("broker-publish", isAway: true)
                onDependency("rabbitmq", "\(error)")
            }
        }
    }

    private func makeConsumer(_ publisher: AMQPPublisher) -> AMQPConsumer {
        let processor = MessageProcessor(
            workflow: workflow, postgres: postgres,
            receipts: ReceiptBook(consumer: workflow.consumer, postgres: postgres),
            dispatcher: Dispatcher(consumer: workflow.consumer, publisher: publisher), gate: gate,
            policy: settings.policy, committer: GroupCommitter(postgres: postgres),
            workLimit: WorkLimit(settings.workLimit),
            metrics: metrics, tracer: tracer, vitals: vitals, logger: logger, now: now, observe: observeStep)
        return AMQPConsumer(
            named("consume"), queue: workflow.consumer.queue.rawValue, prefetch: settings.concurrency,
            onAvailabilityChange: { [onDependency] availability in
                if case .down(let error) = availability {
                    onDependency("rabbitmq", "\(error)")
                } else {
                    onDependency("rabbitmq", nil)
                }
            },
            handler: { await processor.process($0) })
    }

    private func named(_ role: String) -> AMQPConfiguration {
        var configuration = broker
        configuration.connectionName = "\(workflow.consumer.program) \(role)"
        return configuration
    }
}

extension Circuit.Position {
    /// As the gauge shows it.
    fileprivate var number: Int {
        switch self {
        case .closed: 0
        case .probing: 1
        case .open: 2
        }
    }
}
