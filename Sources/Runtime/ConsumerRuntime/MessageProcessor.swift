import AMQP
import AuditTrail
import CircuitBreakers
import Consent
import Contracts
import FoundationEssentials
import Logging
import Postgres
import Redis
import Tracing

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
    /// Nil when nothing is traced.
    let tracer: (any Tracer)?
    let vitals: Vitals
    let logger: Logger
    let now: @Sendable () -> Date
    let observe: StepObserver

    func process(_ delivery: Delivery) async -> Settlement {
        guard let tracer else { return await processAndMeasure(delivery) }
        return await JobTrace(delivery, at: workflow.consumer, tracer).around { await processAndMeasure(delivery) }
    }

    private func processAndMeasure(_ delivery: Delivery) async -> Settlement {
        let start = ContinuousClock.now
        metrics.begin()
        vitals.begin()
        let end = await processUntilSettled(delivery)
        let duration = ContinuousClock.now - start
        vitals.end(after: duration)
        metrics.end(end, after: duration)
        JobTrace.current?.end(end)
        return end == nil ? .abandon : .acknowledge
    }

    /// Nil when the broker is to have it back.
    private func processUntilSettled(_ delivery: Delivery) async -> MessageEnd? {
        reached(.received)
        var outages = 0
        while await gate.wait() {
            // The broker gives it to somebody again, perhaps to us; this copy would only be the duplicate.
            if delivery.isStale { return nil }
            do {
                let end = try await attempt(delivery)
                reached(.settled)
                return end
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
        return nil
    }

    func reached(_ step: Step) {
        observe(step)
        if tracer != nil { JobTrace.current?.reached(step) }
    }

    /// Returns when the message may be acknowledged; throws when that could not be brought about.
    private func attempt(_ delivery: Delivery) async throws -> MessageEnd {
        let diary = RunDiary()
        let envelope: Envelope
        let request: W.Request
        do throws(InvalidMessage) {
            envelope = try Envelope.check(delivery.messageProperties, for: workflow.consumer)
            request = try workflow.decode(delivery.body, envelope.type)
        } catch {
            return try await buryInvalid(delivery, error)
        }
        diary.mark()
        reached(.decoded)
        noteLag(envelope)

        if let followUps = try await receipts.followUps(of: envelope.messageID) {
            reached(.recognised)
            try await announce(followUps, envelope)
            return .duplicate
        }
        diary.mark()
        reached(.recognised)

        let job = Job(
            consumer: workflow.consumer, envelope: envelope, request: request, now: now(),
            user: workflow.subject(of: request), diary: diary, programLogger: logger)
        switch try await result(of: job) {
        case .completed(let completion): return try await complete(job, completion, delivery)
        case .ended(let outcome): return try await conclude(job, outcome, delivery)
        }
    }

    /// How long it lay in the queue. Only of messages that came straight: one from the delay ladder was not waiting for us.
    private func noteLag(_ envelope: Envelope) {
        guard let time = envelope.timestamp, envelope.attempt == 1, envelope.deadline == nil else { return }
        vitals.took(publishedAt: time)
        metrics.lag(now().timeIntervalSince(time))
    }

    // MARK: Steps 4 and 5

    /// Runs gates and work; only a lost server is thrown on.
    private func result(of job: Job<W.Request>) async throws -> Work {
        do {
            switch try await workflow.admit(job) {
            case .refused(let reason): return .ended(.refused(reason))
            case .notBefore(let time, let reason): return .ended(.notBefore(time, because: reason))
            case .go:
                job.diary.mark()
                reached(.admitted)
            }
            let work = try await workLimit.run { [workflow] in try await workflow.work(job) }
            job.diary.mark()
            reached(.worked)
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

    private func complete(
        _ job: Job<W.Request>, _ completion: Completion, _ delivery: Delivery
    ) async throws -> MessageEnd {
        let user = job.user
        let record = JobRecord(
            consenting: completion.needsConsent ? user : nil, user: user, effects: completion.effects,
            receipt: receipts.entry(for: job, outcome: "done", followUps: completion.followUps),
            audit: completion.audit)
        switch try await commit(record, job) {
        case .committed: try await announce(completion.followUps, job.envelope)
        case .duplicate: return try await repeatAnnouncement(job.envelope)
        case .withdrawn(let reason): return try await conclude(job, .refused(reason), delivery)
        case .failed(let outcome): return try await conclude(job, outcome, delivery)
        }
        if logger.logLevel <= .debug { job.logger.debug("done") }
        return .done
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
            reached(.committed)
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
        reached(.announced)
    }

    /// Somebody else committed; their announcement may not have got out.
    func repeatAnnouncement(_ envelope: Envelope) async throws -> MessageEnd {
        try await announce(try await receipts.followUps(of: envelope.messageID) ?? [], envelope)
        return .duplicate
    }
}
