import Alerts
import Contracts
import FoundationEssentials
import Glibc
import Redis

/// Whether the servers answer, and how full they are. PostgreSQL answers: without it the tick would not have been taken.
struct HealthMeasures: Sendable {
    /// Nil without `REDIS_URL`.
    let redis: RedisClient?
    /// The folder of the exports; nil when they are elsewhere.
    let store: String?

    /// Those that do not answer, or have an alarm.
    func servers(_ survey: Result<BrokerSurvey.Result, any Error>) async -> [Sample] {
        var samples: [Sample] = []
        switch survey {
        case .failure: samples.append(Sample("rabbitmq", 1))
        case .success(let result): samples += result.alarms.map { Sample($0, 1) }
        }
        if let redis, (try? await redis.send(RedisCommand("PING"))) == nil { samples.append(Sample("redis", 1)) }
        if let store, access(store, R_OK | W_OK | X_OK) != 0, errno != ENOENT {
            samples.append(Sample("object store", 1))
        }
        return samples
    }

    /// Without `maxmemory` it is never full.
    func redisMemory() async throws -> [Sample] {
        guard let redis else { return [] }
        let answer = try await redis.send(RedisCommand("INFO", "memory"))
        let lines = String(decoding: try answer.bytes(), as: UTF8.self).split(whereSeparator: \.isNewline)
        func number(_ name: String) -> Double? {
            lines.first { $0.hasPrefix(name + ":") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }
        guard let used = number("used_memory"), let limit = number("maxmemory"), limit > 0 else { return [] }
        return [Sample(nil, used / limit)]
    }

    func storeDisk() -> [Sample] {
        guard let store else { return [] }
        var status = statvfs()
        var path = store
        // The folder may not have been made yet: then its parent's disk is meant.
        while statvfs(path, &status) != 0 {
            guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return [] }
            path = String(path[..<slash])
        }
        // As df has it: of what we may use. Blocks that are kept for root are neither ours nor taken.
        let (used, free) = (Double(status.f_blocks - status.f_bfree), Double(status.f_bavail))
        guard used + free > 0 else { return [] }
        return [Sample(nil, used / (used + free))]
    }
}
