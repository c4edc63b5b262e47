import AuditTrail
import Bootstrap
import Consent
import ConsumerRuntime
import Contracts
import FoundationEssentials
import Postgres
import Redis

/// The job by which speed is measured and endurance tested: rate check in Redis, consent, one row as its effect, audit entry,
/// receipt, and an event. It takes the messages of `repazoo.ingest`.
///
/// The effect is a row of `drill_effects (message_id, user_id)`, a table without any constraint: an effect that happens twice
/// is seen there. Some values of `max_tweets` stand for messages that behave badly (`Manner`).
struct StandardJob: Workflow {
    enum Manner: Int {
        /// Kills the process whenever it is worked on, a little later.
        case deadly = 3101
        /// Takes longer than a deadly one lives.
        case slow = 3103
        /// Works until it is cancelled.
        case endless = 3102
    }

    let consumer = ConsumerName.ingest
    let refusedEvent = EventName.ingestRefused
    let consent: ConsentGate
    let rate: RateCheck
    let hasEffect: Bool

    init(postgres: PostgresPool, rate: RateCheck, hasEffect: Bool) {
        consent = ConsentGate(postgres: postgres)
        self.rate = rate
        self.hasEffect = hasEffect
    }

    func subject(of request: IngestRequest) -> UserID? { request.userID }

    func admit(_ job: Job<IngestRequest>) async throws -> Admission {
        if let refusal = try await consent.refusal(for: job.request.userID, at: job.now) {
            return .refused(refusal)
        }
        return try await rate.passes(job.request.userID, job.envelope.messageID)
            ? .go : .notBefore(job.now + 1, because: .rateLimited)
    }

    func work(_ job: Job<IngestRequest>) async throws -> Work {
        switch Manner(rawValue: job.request.maxTweets) {
        case .deadly:
            try await Task.sleep(for: .milliseconds(150))
            Death.now()
        case .slow: try await Task.sleep(for: .milliseconds(400))
        case .endless:
            job.logger.info("works without an end")
            while true { try await Task.sleep(for: .seconds(3600)) }
        case nil: break
        }
        let (message, user) = (job.envelope.messageID.rawValue, job.request.userID)
        let entry = AuditEntry(
            actor: consumer.program, userID: user, action: "drill", outcome: "done",
            detail: ["message_id": .string(message)])
        guard hasEffect else { return .completed(Completion(effects: [], audit: [entry], followUps: [])) }
        let effect = SQL("insert into drill_effects (message_id, user_id) values (\(message), \(user.rawValue))")
        let event = Event(.ingestCompleted, userID: user, causeID: job.envelope.messageID, at: job.now)
        return .completed(
            Completion(effects: [effect.named("drill_effect")], audit: [entry], followUps: [FollowUp(event)]))
    }
}

/// A sliding window over the newest calls of a user, on the server's clock; so wide that it always passes.
struct RateCheck: Sendable {
    private static let script = RedisScript(
        """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1] * 1000)
        if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
        redis.call('ZADD', KEYS[1], now, ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return 1
        """)

    let redis: RedisClient

    func passes(_ user: UserID, _ message: MessageID) async throws -> Bool {
        let reply = try await redis.run(
            Self.script, keys: [RedisArgument("drill:{\(user.rawValue)}")],
            arguments: [RedisArgument(900_000), RedisArgument(1_000_000_000), RedisArgument(message.rawValue)])
        return try reply.integer() == 1
    }
}

struct StandardAssembly: ConsumerAssembly {
    static let consumer = ConsumerName.ingest
    static let usesRedis = true
    static let abstract = "The standard job."
    static let variables: [(name: String, meaning: String)] = []

    init(reading reader: inout SettingsReader) {}

    func workflow(_ clients: ProgramClients) throws -> StandardJob {
        guard let redis = clients.redis else { throw IncompleteAssembly() }
        return StandardJob(postgres: clients.postgres, rate: RateCheck(redis: redis), hasEffect: true)
    }
}
