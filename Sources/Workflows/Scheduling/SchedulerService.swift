public import AMQP
import Contracts
import Glibc
public import Logging
public import Postgres
public import ServiceLifecycle
public import Tracing

/// Publishes ticks when they are due. Any number of copies run; one of them leads, and the others take over within 12 s when it
/// dies, within 2 s when it resigns.
///
/// A leader that was stopped and wakes up later publishes nothing: the transaction that records a slot checks its term on the
/// database's clock, and what was recorded before is published only while its own clock says that nobody else can lead. Should a tick
/// get out twice in spite of all that, both carry the same id.
public struct SchedulerService: Service {
    /// Hears that a server went away (with the reason) or came back (nil).
    public typealias DependencyObserver = @Sendable (_ server: String, _ problem: String?) -> Void

    private let book: ScheduleBook
    private let broker: AMQPConfiguration
    private let postgres: PostgresPool
    private let startupTimeout: Duration
    private let tracer: (any Tracer)?
    private let logger: Logger
    private let onDependency: DependencyObserver
    private let terms = Leadership.Terms()

    static let program = "repazoo-scheduler"

    /// The database's answer to a question about the lease is of no use later than this.
    private static let patience = Duration.seconds(5)

    public init(
        book: ScheduleBook, broker: AMQPConfiguration, postgres: PostgresPool, startupTimeout: Duration,
        tracer: (any Tracer)? = nil, logger: Logger,
        onDependency: @escaping DependencyObserver = { _, _ in }
    ) {
        self.book = book
        self.broker = broker
        self.postgres = postgres
        self.startupTimeout = startupTimeout
        self.tracer = tracer
        self.logger = logger
        self.onDependency = onDependency
    }

    public func run() async throws {
        let publisher = makePublisher()
        do {
            try await cancelWhenGracefulShutdown { [startupTimeout] in
                try await publisher.start(patience: startupTimeout)
            }
        } catch  where Task.isShuttingDownGracefully {
            return await publisher.close()
        }
        logger.info("scheduling", metadata: ["schedules": "\(book.schedules.count)"])
        await lead(publisher)
        await publisher.close()
        logger.info("stopped")
    }

    private func lead(_ publisher: AMQPPublisher) async {
        let metrics = SchedulerMetrics(schedules: book.schedules.map(\.name))
        var desk = TickDesk(
            book: book, slots: SlotTable(postgres: postgres), publisher: publisher, program: Self.program,
            metrics: metrics, tracer: tracer, logger: logger)
        let lease = LeaseTable(postgres: postgres, holder: Self.holder(), length: terms.term)
        var leadership = Leadership(at: .now, terms: terms)
        while !Task.isShuttingDownGracefully {
            let before = leadership.term
            switch leadership.next(at: .now) {
            case .ask: await ask(lease, &leadership)
            case .renew(let term): await renew(lease, term, &leadership)
            case .work(let term, let until): await work(term, until, &desk, &leadership)
            case .rest(let until):
                try? await cancelWhenGracefulShutdown { try await Task.sleep(until: until) }
            }
            if before != leadership.term { tell(leadership.term, metrics) }
        }
        if let term = leadership.term { try? await TimeLimit.run(Self.patience) { try await lease.resign(term) } }
    }

    private func ask(_ lease: LeaseTable, _ leadership: inout Leadership) async {
        let askedAt = ContinuousClock.now
        do {
            guard let term = try await TimeLimit.run(Self.patience, { try await lease.take() }) else {
                return leadership.refused(at: .now)
            }
            leadership.granted(term, askedAt: askedAt)
        } catch { unanswered(error, &leadership) }
    }

    private func renew(_ lease: LeaseTable, _ term: Int, _ leadership: inout Leadership) async {
        let askedAt = ContinuousClock.now
        do {
            if try await TimeLimit.run(Self.patience, { try await lease.renew(term) }) {
                leadership.granted(term, askedAt: askedAt)
            } else {
                leadership.refused(at: .now)
            }
        } catch { unanswered(error, &leadership) }
    }

    private func work(
        _ term: Int, _ until: ContinuousClock.Instant, _ desk: inout TickDesk, _ leadership: inout Leadership
    ) async {
        do {
            switch try await desk.turn(term, until: until) {
            case .done(let next): leadership.worked(lookAgainAt: .now + (next ?? .seconds(3600)))
            case .incomplete: leadership.worked(lookAgainAt: .now + .seconds(1))
            case .deposed: leadership.refused(at: .now)
            }
        } catch {
            leadership.worked(lookAgainAt: .now + .seconds(1))
            unanswered(error, &leadership)
        }
    }

    /// An outage is told by the pool; anything else here is a schema or a right that is missing.
    private func unanswered(_ error: any Error, _ leadership: inout Leadership) {
        leadership.unanswered(at: .now)
        let isOutage = (error as? PostgresError)?.isRetryable ?? true
        logger.log(
            level: isOutage ? .debug : .error, "the lease or the slots cannot be used", metadata: ["error": "\(error)"])
    }

    private func tell(_ term: Int?, _ metrics: SchedulerMetrics) {
        metrics.lead(term != nil)
        if let term {
            logger.notice("leading", metadata: ["term": "\(term)"])
        } else {
            logger.notice("following: another leads, or the database does not answer")
        }
    }

    private func makePublisher() -> AMQPPublisher {
        var configuration = broker
        configuration.connectionName = Self.program
        return AMQPPublisher(configuration) { [onDependency] availability in
            switch availability {
            case .up: onDependency("rabbitmq", nil)
            case .blocked: onDependency("rabbitmq", "blocked: memory or disk alarm")
            case .down(let error): onDependency("rabbitmq", "\(error)")
            }
        }
    }

    /// Host and process, for people.
    private static func holder() -> String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host.prefix(100)) process \(getpid())"
    }
}
