public import Contracts
public import Redis

extension RateWindows {
    /// Removes a user's windows of every provider from Redis, for an erasure. Their own would end by themselves, at most a day
    /// after the last call. Safe to repeat; the app's windows keep what was sent.
    ///
    /// - Returns: How many there were.
    @discardableResult
    public static func forget(_ user: UserID, in redis: RedisClient) async throws -> Int {
        let pattern = "repazoo:rate:*:user:" + escaped(user.rawValue)
        var (cursor, removed) = ("0", 0)
        repeat {
            let page = try await redis.send(
                RedisCommand("SCAN", RedisArgument(cursor), "MATCH", RedisArgument(pattern), "COUNT", 1000)
            )
            .array()
            guard page.count == 2 else { throw RateLimitError.malformedReply }
            cursor = try page[0].text()
            for key in try page[1].array() {
                removed += try await redis.send(RedisCommand("UNLINK", RedisArgument(try key.text()))).integer()
            }
        } while cursor != "0"
        return removed
    }

    /// A user id may hold what Redis takes for a pattern, and must not remove another user's windows.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            if "*?[]\\^-".contains(character) { escaped += "\\" }
            escaped.append(character)
        }
    }
}
