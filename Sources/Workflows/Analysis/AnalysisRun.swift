import Consent
import Contracts
import FoundationEssentials
import Isolation
import Postgres

/// The right to work on one user's tweets, held by one attempt of one process at a time: of two messages for the same user, or two
/// deliveries of the same message, one waits, and nothing is paid for twice.
///
/// A lease in the table `analysis_runs`, on the database's clock, renewed while the work goes on. It fences: who lost it cannot commit
/// (`end` ends the transaction with `lostState`).
struct AnalysisRun: Sendable {
    static let lease = Duration.seconds(9)
    static let renewal = Duration.seconds(3)
    /// SQLSTATE with which `end` ends a transaction when the run is another's by now.
    static let lostState = SQLState(rawValue: "RZ003")

    let rows: UserRows
    let kind: AnalyzeRequest.Kind
    let message: MessageID
    private let owner = MessageID.random().rawValue

    init(_ rows: UserRows, kind: AnalyzeRequest.Kind, message: MessageID) {
        self.rows = rows
        self.kind = kind
        self.message = message
    }

    /// Nil: it is ours now. Otherwise until when it is another's, if that one does not renew it. Ends as `ConsentGate.requirement` does
    /// when consent is gone.
    func claim() async throws -> Date? {
        let claim = SQL(
            """
            select claim_analysis(\(rows.user.rawValue), \(kind.rawValue), \(message.rawValue), \(owner),
                                  make_interval(secs => \(Double(Self.lease.components.seconds))))
            """
        ).named("analysis_claim")
        let results = try await rows.atomically([ConsentGate.requirement(for: rows.user), claim])
        return try results.last?.first?.decode(Date?.self, at: 0)
    }

    /// Makes the lease longer if it is still there; what was taken away, by an erasure say, does not come back.
    private func renew() async throws {
        try await rows.query(
            SQL(
                """
                update analysis_runs
                set busy_until = clock_timestamp() + make_interval(secs => \(Double(Self.lease.components.seconds)))
                where user_id = \(rows.user.rawValue) and kind = \(kind.rawValue) and owner = \(owner)
                """
            ).named("analysis_renew"))
    }

    /// Runs the work and renews the lease meanwhile. When the work ends with an error the run is free again.
    func hold<Value: Sendable>(_ work: @Sendable @escaping () async throws -> Value) async throws -> Value {
        do {
            return try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    // Ends by cancellation. A renewal that fails is made up for by the next one, or by the fence.
                    while (try? await Task.sleep(for: Self.renewal)) != nil { try? await renew() }
                    return nil
                }
                defer { group.cancelAll() }
                while let value = try await group.next() { if let value { return value } }
                throw CancellationError()
            }
        } catch {
            await release()
            throw error
        }
    }

    /// Frees the run for whoever comes next. What cannot be freed is free in a few seconds.
    func release() async {
        _ = try? await rows.query(
            SQL(
                """
                delete from analysis_runs
                where user_id = \(rows.user.rawValue) and kind = \(kind.rawValue) and owner = \(owner)
                """
            ).named("analysis_release"))
    }

    /// The first statement of the committing transaction.
    var end: SQL {
        SQL("select end_analysis_run(\(rows.user.rawValue), \(kind.rawValue), \(owner))").named("analysis_end")
    }
}
