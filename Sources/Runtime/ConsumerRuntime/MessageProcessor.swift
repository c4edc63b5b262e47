import AMQP
import AuditTrail
import CircuitBreakers
import Consent
import Contracts
import FoundationEssentials
import Logging
import Postgres
import Redis

/// The life of a message, for every consumer:
///
/// 1. **Received** from the broker, with at most the prefetch in flight.
/// 2. **Decoded** against its contract; what is not decodable is dead at once.
/// 3. **Recognised**: with a receipt there, its follow-ups are published again, and that is all.
/// 4. **Admitted** by the workflow's gates: go, refused, or not before a time.
/// 5. **Worked**: the only step that differs between consumers.
/// 6. **Committed**: effects, audit entries and receipt in one transaction that locks the user and asks for consent again.
/// 7. **Announced**: follow-ups published with confirms, under ids derived from the message's own.
/// 8. **Settled**: acknowledged. A crash anywhere before this leads back to step 1 and to the same end.
///
/// When a server is away the message is held and the attempt repeated from step 1 once it is back; that counts as no attempt.
struct MessageProcessor<W: Workflow>: Sendable {
    let workflow: W
    let postgres: PostgresPool
    let receipts: ReceiptBook
    let dispatcher: Dispatcher
    let gate: DependencyGate
    let policy: AttemptPolicy
    let committer: GroupCommitter
    let workLimit: WorkLimit
    let metrics: ConsumerMetrics
    let logger: Logger
    let now: @Sendable () -> Date
    let observe: StepObserver

    func process(_ delivery: Delivery) async -> Settlement {
        let start = ContinuousClock.now
        metrics.begin()
        let settlement = await processUntilSettled(delivery)
        metrics.end(after: ContinuousClock.now - start)
        return settlement
    }

    private func processUntilSettled(_ delivery: Delivery) async -> Settlement {
        observe(.received)
        var outages = 0
        while await gate.wait() {
            // The broker gives it to somebody again, perhaps to us; this copy would only be the duplicate.
            if delivery.isStale { return .abandon }
            do {
                try await attempt(delivery)
                observe(.settled)
                return .acknowledge
            } catch {
                // Nothing was decided: what is committed is found again by its receipt.
                outages += 1
                metrics.held.increment()
                // An outage is told once by whoever watches the server; a queue that nobody declared is told here.
                let level: Logger.Level = outages % 20 == 1 && Outage.needsPeople(error) ? .error : .debug
                logger.log(level: level, "cannot go on; the message is held", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(min(100 * outages, 5000)))
            }
        }
        return .abandon
    }

    /// Returns when the message may be acknowledged; throws when that could not be brought about.
    private func attempt(_ delivery: Delivery) async throws {
        let envelope: Envelope
        let request: W.Request
        do throws(InvalidMessage) {
            envelope = try Envelope.check(delivery.messageProperties, for: workflow.consumer)
            request = try W.Request.decode(delivery.body)
        } catch {
            return try await buryInvalid(delivery, error)
        }
        observe(.decoded)

        if let followUps = try await receipts.followUps(of: envelope.messageID) {
            observe(.recognised)
            metrics.count("duplicate")
            return try await announce(followUps, envelope)
        }
        observe(.recognised)

        let job = Job(
            consumer: workflow.consumer, envelope: envelope, request: request, now: now(),
            user: workflow.subject(of: request), programLogger: logger)
        switch try await result(of: job) {
        case .completed(let completion): try await complete(job, completion, delivery)
        case .ended(let outcome): try await conclude(job, outcome, delivery)
        }
    }

    // MARK: Steps 4 and 5

    /// Runs gates and work; only a lost server is thrown on.
    private func result(of job: Job<W.Request>) async throws -> Work {
        do {
            switch try await workflow.admit(job) {
            case .refused(let reason): return .ended(.refused(reason))
            case .notBefore(let time, let reason): return .ended(.notBefore(time, because: reason))
            case .go: observe(.admitted)
            }
            let work = try await workLimit.run { [workflow] in try await workflow.work(job) }
            observe(.worked)
            return work
        } catch let error as PostgresError where error.sqlState == ConsentGate.withdrawnState {
            return .ended(.refused(try await withdrawal(job)))
        } catch {
            return .ended(try outcome(of: error, job))
        }
    }

    func outcome(of error: any Error, _ job: Job<W.Request>) throws -> Outcome {
        if Outage.explains(error) { throw error }
        if let open = error as? CircuitOpen { return .notBefore(open.until, because: .circuitOpen) }
        job.logger.notice("the work did not succeed", metadata: ["error": "\(error)"])
        if let outcome = workflow.outcome(of: error, at: now()) { return outcome }
        switch error {
        case let error as PostgresError: return error.isRetryable ? .failed(.database) : .failedForGood(.database)
        case is RedisError: return .failed(.redis)
        case is WorkTookTooLong: return .failed(.timeout)
        default: return .failed(.unexpected)
        }
    }

    // MARK: Steps 6 to 8

    private func complete(_ job: Job<W.Request>, _ completion: Completion, _ delivery: Delivery) async throws {
        let user = job.user
        let record = JobRecord(
            consenting: user, effects: completion.effects,
            receipt: receipts.entry(for: job.envelope.messageID, outcome: "done", followUps: completion.followUps),
            audit: completion.audit, key: user?.rawValue ?? "")
        switch try await commit(record, job) {
        case .committed: try await announce(completion.followUps, job.envelope)
        case .duplicate: try await repeatAnnouncement(job.envelope)
        case .withdrawn(let reason): return try await conclude(job, .refused(reason), delivery)
        case .failed(let outcome): return try await conclude(job, outcome, delivery)
        }
        metrics.count("done")
        if logger.logLevel <= .debug { job.logger.debug("done") }
    }

    enum Commit {
        case committed
        case duplicate
        case withdrawn(RefusalReason)
        case failed(Outcome)
    }

    func commit(_ record: JobRecord, _ job: Job<W.Request>) async throws -> Commit {
        do {
            try await committer.commit(record)
            observe(.committed)
            return .committed
        } catch let error as PostgresError {
            if ReceiptBook.isDuplicate(error) { return .duplicate }
            if error.sqlState == ConsentGate.withdrawnState { return .withdrawn(try await withdrawal(job)) }
            return .failed(try outcome(of: error, job))
        }
    }

    /// The transaction said only that consent is gone; this asks why.
    private func withdrawal(_ job: Job<W.Request>) async throws -> RefusalReason {
        guard let user = job.user else { return .noConsent }
        return try await ConsentGate(postgres: postgres).refusal(for: user, at: now()) ?? .noConsent
    }

    func announce(_ followUps: [FollowUp], _ envelope: Envelope) async throws {
        try await dispatcher.announce(followUps, of: envelope, at: now())
        observe(.announced)
    }

    /// Somebody else committed; their announcement may not have got out.
    func repeatAnnouncement(_ envelope: Envelope) async throws {
        metrics.count("duplicate")
        try await announce(try await receipts.followUps(of: envelope.messageID) ?? [], envelope)
    }
}
