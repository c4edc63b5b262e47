import Alerts
import Contracts
import FoundationEssentials
import Logging
import Postgres

/// Measures all rules for one look. What the broker says is asked once.
struct MeasureDesk: Sendable {
    struct Answers: Sendable {
        /// By rule; one that could not be measured is missing.
        var samples: [String: [Sample]] = [:]
        /// Statements that remember this look for the next.
        var memory: [SQL] = []
        /// The rules that could not be measured.
        var unknown: [String] = []
    }

    let postgres: PostgresPool
    let survey: BrokerSurvey
    let health: HealthMeasures
    let logger: Logger

    /// Throws only when the database is away: then there is nothing to look at.
    func look(_ rules: [AlertRule], at now: Date) async throws -> Answers {
        var answers = Answers()
        let broker: Result<BrokerSurvey.Result, any Error>
        do { broker = .success(try await survey.look()) } catch { broker = .failure(error) }
        let queues = QueueMeasures(postgres: postgres)
        let beats = try await queues.heartbeats()
        for rule in rules where rule.measure.isTheMonitors {
            do {
                answers.samples[rule.name] = try await measure(rule, broker, queues, beats, &answers.memory, now)
            } catch let error as PostgresError where error.meansServerIsAway {
                throw error
            } catch {
                answers.unknown.append(rule.name)
                logger.warning("a rule could not be measured", metadata: ["rule": "\(rule.name)", "error": "\(error)"])
            }
        }
        return answers
    }

    private func measure(
        _ rule: AlertRule, _ broker: Result<BrokerSurvey.Result, any Error>, _ queues: QueueMeasures,
        _ beats: [String: QueueMeasures.Heartbeat], _ memory: inout [SQL], _ now: Date
    ) async throws -> [Sample]? {
        let since = now.addingTimeInterval(-(rule.window / .seconds(1)))
        switch rule.measure {
        case .rateLimitViolations, .tokenRefreshFailures, .quotaExceeded, .consentFailures, .promptFailures:
            return try await AuditMeasures(postgres: postgres).samples(rule, since: since)
        case .auditFaults: return try await AuditChainMeasure(postgres: postgres).samples(since: since, at: now)
        case .databaseAccess: return try await AccessMeasures(postgres: postgres).access(rule, since: since)
        case .databaseAccessUncounted:
            guard let found = try await AccessMeasures(postgres: postgres).uncounted(at: now) else { return [] }
            memory.append(found.memory)
            return found.samples
        case .deadLetters: return try await DatabaseMeasures(postgres: postgres).deadLetters(rule)
        case .exportDeadline: return try await DatabaseMeasures(postgres: postgres).exportDeadline(at: now)
        case .erasureDeadline: return try await DatabaseMeasures(postgres: postgres).erasureDeadline(at: now)
        case .tickAge: return try await DatabaseMeasures(postgres: postgres).tickAge(rule.of ?? "", at: now)
        case .databaseConnections: return try await DatabaseMeasures(postgres: postgres).connections()
        case .notificationsStuck: return try await DatabaseMeasures(postgres: postgres).notificationsStuck(at: now)
        case .queueDepth: return QueueMeasures.depth(try broker.get())
        case .consumersMissing: return QueueMeasures.missing(try broker.get(), beats, at: now)
        case .queueAge:
            let found = try await queues.age(try broker.get(), beats, at: now)
            memory += found.memory
            return found.samples
        case .servers: return await health.servers(broker)
        case .redisMemory: return try await health.redisMemory()
        case .objectStoreDisk: return health.storeDisk()
        case .monitorSilence, .outage: return nil
        }
    }
}
