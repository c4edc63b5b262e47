import Contracts
import FoundationEssentials
import Postgres

/// What jobs that were under way during an erasure wrote into Redis behind it: the windows in which their calls were counted. They
/// end by themselves, after a day at most; nobody's key is left to that.
struct LateTraces: Sendable {
    /// No job is under way for longer; and it takes several ticks in.
    private static let reach: TimeInterval = 3600

    let postgres: PostgresPool
    let redis: RedisTraces

    func erase(at now: Date) async throws {
        let rows = try await postgres.query(
            SQL(
                "select distinct user_id from erasures where started_at > \(now.addingTimeInterval(-Self.reach)) order by user_id"
            ).named("erasures_of_late"))
        for row in rows {
            guard let user = UserID(try row.decode(String.self, "user_id")) else { continue }
            _ = try await redis.erase(user)
        }
    }
}
