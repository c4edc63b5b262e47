import Crypto

/// A Lua script, known to the server by its SHA-1. Make it once (a `static let`) and run it with `RedisClient.run`.
public struct RedisScript: Sendable {
    public let source: String
    public let sha1: String

    public init(_ source: String) {
        self.source = source
        let digits = Array("0123456789abcdef")
        sha1 = String(
            Insecure.SHA1.hash(data: Array(source.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    func bySHA(_ keys: [RedisArgument], _ arguments: [RedisArgument]) -> RedisCommand {
        RedisCommand("EVALSHA", arguments: [RedisArgument(sha1), RedisArgument(keys.count)] + keys + arguments)
    }

    func bySource(_ keys: [RedisArgument], _ arguments: [RedisArgument]) -> RedisCommand {
        RedisCommand("EVAL", arguments: [RedisArgument(source), RedisArgument(keys.count)] + keys + arguments)
    }
}
