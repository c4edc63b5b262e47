import FoundationEssentials
import Logging
import Metrics
import Postgres

/// Carries out one step of a tick, batch by batch, until nothing of it is due or the time is used up. Broken off anywhere, it
/// is just run again.
///
/// | metric | kind | labels |
/// | --- | --- | --- |
/// | `repazoo_retention_rows_total` | counter: rows soft-deleted, deleted, scrubbed | rule, table, action |
/// | `repazoo_retention_batch_seconds` | histogram: how long a batch held its locks | table |
struct Sweep: Sendable {
    /// What became of a step.
    struct Report: Equatable, Sendable {
        var rows = 0
        /// False when the time was used up.
        var isComplete = true
    }

    /// Passes over rows that others held before they are left to the next tick.
    static let passes = 5
    private static let usersAtOnce = 200

    let postgres: PostgresPool
    let batch: SweepBatch
    let deadline: ContinuousClock.Instant
    let logger: Logger
    private let rows: Counter
    private let seconds: Timer

    init(
        _ step: SweepStep, at slot: Date, actor: String, in postgres: PostgresPool,
        until deadline: ContinuousClock.Instant, logger: Logger
    ) {
        self.postgres = postgres
        batch = SweepBatch(step: step, slot: slot, actor: actor)
        self.deadline = deadline
        self.logger = logger
        rows = Counter(
            label: "repazoo_retention_rows_total",
            dimensions: [("rule", step.name), ("table", step.table.rawValue), ("action", step.action.rawValue)])
        seconds = Timer(label: "repazoo_retention_batch_seconds", dimensions: [("table", step.table.rawValue)])
    }

    func run(share: SweepBatch.Share? = nil) async throws -> Report {
        var run = Run()
        switch batch.step.order {
        case .byTime:
            if let share, let extent = try await extentIfDense() {
                try await blockwise(&run, extent, from: share)
                break
            }
            while run.passes < Self.passes, try await pass(&run, share), run.wasHeldUp { run.beginPass() }
        case .byUser: try await userByUser(&run, share)
        }
        if run.report.rows > 0 {
            tell(run.report.isComplete ? "retention step done" : "retention step goes on later", run)
        }
        return run.report
    }

    struct Run {
        var report = Report()
        var size = BatchSize()
        var passes = 0
        /// Rows of this pass that others held.
        var wasHeldUp = false
        var told = ContinuousClock.now

        mutating func beginPass() {
            passes += 1
            wasHeldUp = false
        }
    }

    /// Once over all that is due, in its order. False when the time is used up.
    private func pass(_ run: inout Run, _ share: SweepBatch.Share?) async throws -> Bool {
        var place: SweepBatch.Place?
        while true {
            let (from, size) = (place, run.size.rows)
            guard
                let outcome = try await take(
                    &run, { batch.byTime(after: from, share: share, limit: size, skipsHeld: $0) })
            else {
                if !run.report.isComplete { return false }
                continue
            }
            if outcome.done < outcome.found { run.wasHeldUp = true }
            guard outcome.found == size, let last = outcome.last else { return true }
            place = last
        }
    }

    private func userByUser(_ run: inout Run, _ share: SweepBatch.Share?) async throws {
        var user = ""
        while let query = batch.users(after: user, share: share, limit: Self.usersAtOnce) {
            let users = try await postgres.query(query).map { try $0.decode(String.self, at: 0) }
            guard let last = users.last else { return }
            var tries = 0
            while tries < Self.passes {
                let size = run.size.rows
                guard
                    let outcome = try await take(
                        &run, { batch.of(users: users, limit: size, skipsHeld: $0) })
                else {
                    if !run.report.isComplete { return }
                    continue
                }
                if outcome.found == 0 { break }
                if outcome.done < outcome.found { tries += 1 }
            }
            user = last
        }
    }

    /// One batch; nil when it could not have its locks, or when there is no time for it.
    func take(_ run: inout Run, _ statement: (_ skipsHeld: Bool) -> SQL) async throws -> SweepBatch.Outcome? {
        guard ContinuousClock.now < deadline else {
            run.report.isComplete = false
            return nil
        }
        let start = ContinuousClock.now
        do {
            let outcome = try await outcome(of: statement)
            let time = ContinuousClock.now - start
            run.size.learn(rows: outcome.found, in: time)
            run.report.rows += outcome.done
            rows.increment(by: outcome.done)
            seconds.record(duration: time)
            if ContinuousClock.now - run.told > .seconds(10) {
                tell("retention step goes on", run)
                run.told = .now
            }
            return outcome
        } catch let error as PostgresError where Self.isInTheWay(error) {
            run.size.shrink()
            return nil
        }
    }

    /// The quick form first; once more without the rows that somebody holds, if it had to wait.
    private func outcome(of statement: (_ skipsHeld: Bool) -> SQL) async throws -> SweepBatch.Outcome {
        do { return try await carryOut(statement(false), lockTimeout: "set local lock_timeout = '40ms'") } catch let
            error as PostgresError where error.sqlState == .lockNotAvailable
        {
            return try await carryOut(statement(true), lockTimeout: "set local lock_timeout = '100ms'")
        }
    }

    /// Planned anew each time: a plan for any place in the table would read all of it.
    private func carryOut(_ statement: SQL, lockTimeout: SQL) async throws -> SweepBatch.Outcome {
        let results = try await postgres.atomically([
            lockTimeout, "set local statement_timeout = '5s'", "set local plan_cache_mode = force_custom_plan",
            statement,
        ])
        return try SweepBatch.Outcome(results[3][0])
    }

    /// Somebody held a chain too long, or the batch was too much: less of it, again.
    private static func isInTheWay(_ error: PostgresError) -> Bool {
        [.lockNotAvailable, .queryCanceled, .deadlockDetected].contains(error.sqlState)
    }

    private func tell(_ what: Logger.Message, _ run: Run) {
        logger.info(
            what,
            metadata: [
                "rule": "\(batch.step.name)", "table": "\(batch.step.table.rawValue)", "rows": "\(run.report.rows)",
                "batch": "\(run.size.rows)",
            ])
    }
}
