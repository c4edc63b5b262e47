import CHiredis
import Glibc

/// A `redisContext` and its socket, freed with this object.
///
/// `@unchecked Sendable`: hiredis has no locks. One thread owns the object at a time: first the blocking thread that
/// connects and logs in, then, handed over once, the event loop of the client's actor. Nothing else keeps a reference.
final class HiredisContext: @unchecked Sendable {
    /// What the context says of itself when a call failed; the text stays inside, as it may name a path or an address.
    enum Failure: Error {
        case connection
        case protocolViolation
    }

    private let context: UnsafeMutablePointer<redisContext>

    var descriptor: Int32 { context.pointee.fd }

    /// Connects; blocks for up to `timeout` (and the name look-up before it).
    init(connectingTo address: RedisConfiguration.Address, timeout: Duration) throws(Failure) {
        let limit = Self.timeval(timeout)
        let made =
            switch address {
            case .tcp(let host, let port): redisConnectWithTimeout(host, Int32(port), limit)
            case .unix(let path): redisConnectUnixWithTimeout(path, limit)
            }
        guard let made else { throw .connection }
        guard made.pointee.err == 0, redisSetTimeout(made, limit) == REDIS_OK else {
            redisFree(made)
            throw .connection
        }
        context = made
    }

    deinit { redisFree(context) }

    /// Sends one command and waits for its reply. Only before `becomeNonBlocking`.
    func ask(_ command: RedisCommand) throws(Failure) -> RedisValue {
        try append(command)
        var reply: UnsafeMutableRawPointer?
        guard redisGetReply(context, &reply) == REDIS_OK, let reply else { throw failure }
        return take(reply)
    }

    func becomeNonBlocking() throws(Failure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw .connection }
        context.pointee.flags &= ~REDIS_BLOCK
        if context.pointee.connection_type == REDIS_CONN_TCP { _ = redisEnableKeepAlive(context) }
    }

    /// Adds to the output buffer; `write` sends it.
    func append(_ command: RedisCommand) throws(Failure) {
        let result = command.encoded.withUnsafeBytes { bytes in
            redisAppendFormattedCommand(context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard result == REDIS_OK else { throw failure }
    }

    /// Sends what the socket takes; false when something is left for later.
    func write() throws(Failure) -> Bool {
        var done: Int32 = 0
        guard redisBufferWrite(context, &done) == REDIS_OK else { throw failure }
        return done != 0
    }

    /// Reads what the socket has, up to hiredis's 16 KiB.
    func read() throws(Failure) {
        guard redisBufferRead(context) == REDIS_OK else { throw failure }
    }

    /// The next whole reply among the bytes read, if there is one.
    func nextReply() throws(Failure) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw failure }
        return reply.map(take)
    }

    private var failure: Failure { context.pointee.err == REDIS_ERR_PROTOCOL ? .protocolViolation : .connection }

    private func take(_ reply: UnsafeMutableRawPointer) -> RedisValue {
        defer { freeReplyObject(reply) }
        return Self.value(reply.assumingMemoryBound(to: redisReply.self).pointee)
    }

    /// Recursion is bounded by hiredis's reader, which refuses more than 7 levels.
    private static func value(_ reply: redisReply) -> RedisValue {
        switch reply.type {
        case REDIS_REPLY_STRING: .string(bytes(reply))
        case REDIS_REPLY_STATUS: .status(String(decoding: bytes(reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: .integer(Int(reply.integer))
        case REDIS_REPLY_ERROR: .error(code: code(bytes(reply)))
        case REDIS_REPLY_ARRAY:
            .array((0..<Int(reply.elements)).map { reply.element[$0].map { value($0.pointee) } ?? .null })
        default: .null
        }
    }

    private static func bytes(_ reply: redisReply) -> [UInt8] {
        guard let text = reply.str else { return [] }
        return Array(UnsafeRawBufferPointer(start: text, count: Int(reply.len)))
    }

    /// The first word. Scripts can raise errors of any text: what is no code is `ERR`.
    private static func code(_ text: [UInt8]) -> String {
        let word = text.prefix { $0 != 0x20 && $0 != 0x0D }
        let isCode = (1...32).contains(word.count) && word.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x5F }
        return isCode ? String(decoding: word, as: UTF8.self) : "ERR"
    }

    private static func timeval(_ duration: Duration) -> Glibc.timeval {
        let (seconds, attoseconds) = duration.components
        // A zero time-out would mean none at all.
        return Glibc.timeval(
            tv_sec: Int(seconds), tv_usec: max(seconds == 0 ? 1000 : 0, Int(attoseconds / 1_000_000_000_000)))
    }
}
