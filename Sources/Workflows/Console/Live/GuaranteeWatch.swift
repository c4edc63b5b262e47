import Logging
import Postgres
import ServiceLifecycle

/// Has the guarantees checked every five minutes, whichever copy of the console comes first; what was found is in `guarantee_checks`.
/// The checks read whole tables, so no page waits for them.
struct GuaranteeWatch: Service {
    private static let interval = Duration.seconds(60)

    let postgres: PostgresPool
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await check(unlessWithin: .seconds(300)) } catch is CancellationError {
                } catch { logger.warning("the guarantees cannot be checked", metadata: ["error": "\(error)"]) }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Nothing happens when they are being checked, or were within this time.
    func check(unlessWithin age: Duration) async throws {
        try await postgres.query(
            SQL("select check_guarantees(make_interval(secs => \(age / .seconds(1))))").named("check_guarantees"))
    }
}
