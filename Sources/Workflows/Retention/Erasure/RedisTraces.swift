import Contracts
import Redis

/// The keys of Redis that name a user: rate windows, leases, whatever there is.
///
/// They are found by their names, not by a list of those who write some: a writer that nobody thought of here is found too. A
/// key names a user by the whole id between separators, so that `user-1` is not found in `user-12`.
struct RedisTraces: Sendable {
    let redis: RedisClient

    /// Returns how many there were. Walks over all keys in small steps, so that the server serves others in between.
    func erase(_ user: UserID) async throws -> Int {
        let pattern = "*" + Self.escaped(user.rawValue) + "*"
        var (cursor, count) = ("0", 0)
        repeat {
            let reply = try await redis.send(
                RedisCommand("SCAN", RedisArgument(cursor), "MATCH", RedisArgument(pattern), "COUNT", 1000)
            ).array()
            guard reply.count == 2 else { return count }
            cursor = try reply[0].text()
            let keys = try reply[1].array().map { try $0.bytes() }.filter { Self.names(user, $0) }
            guard !keys.isEmpty else { continue }
            count += try await redis.send(RedisCommand("UNLINK", arguments: keys.map { RedisArgument($0) })).integer()
        } while cursor != "0"
        return count
    }

    /// Of a glob-style pattern (https://redis.io/docs/latest/commands/keys/).
    static func escaped(_ text: String) -> String {
        text.map { "*?[]\\^-".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// Whether the id stands in the key with nothing of a word on either side.
    static func names(_ user: UserID, _ key: [UInt8]) -> Bool {
        let id = Array(user.rawValue.utf8)
        guard key.count >= id.count else { return false }
        for start in 0...(key.count - id.count) where Array(key[start..<(start + id.count)]) == id {
            let end = start + id.count
            if (start == 0 || isSeparator(key[start - 1])) && (end == key.count || isSeparator(key[end])) {
                return true
            }
        }
        return false
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { ":{}/|".utf8.contains(byte) }
}
