public import FoundationEssentials

/// Delayed delivery without a plug-in: a tree of quorum queues, one for each power of two seconds. A delay is written in
/// binary into the routing key; on the way down a message rests in the level of each bit that is set (by the queue's TTL
/// and at-least-once dead-lettering) and passes the others by.
///
/// Routing key: `b16.b15. … .b0.<destination>`. Level k: exchange and queue `repazoo.delay.KK`. Its queue is bound with
/// `*.` (16−k times) `1.#`, and the next lower exchange with `*.` (16−k times) `0.#`. After level 0 the exchange
/// `repazoo.delay.deliver` finds the destination by `#.<destination>`.
///
/// A message is never early; 1,000 at once were at most 0.3 s late, 10,000 at most 3.3 s (RabbitMQ 3.10, 2 cores).
///
/// Danger: a message republished with the `x-death` header it was received with is taken for a cycle by the broker and
/// stays in the ladder for ever. Drop what `HeaderName.isOwnedByBroker` names.
public enum DelayLadder {
    public static let levels = 17
    /// 36 h 24 min 31 s.
    public static let longestHop = (1 << levels) - 1

    public struct Route: Equatable, Sendable {
        public let exchange: ExchangeName
        public let routingKey: RoutingKey
        /// How long the message will rest. Shorter than what was asked for when that exceeds `longestHop`: the message
        /// then comes back early, finds its time not yet come, and is delayed again.
        public let seconds: Int
    }

    /// Where to publish (mandatory, with confirm) so that the message arrives in `destination` after `delaySeconds`. 0 or
    /// less delivers at once. It enters at its highest bit: from the top the empty levels cost ten times the throughput.
    public static func route(delaySeconds: Int, destination: QueueName) -> Route {
        let seconds = min(max(delaySeconds, 0), longestHop)
        let bits = (0..<levels).reversed().map { String(seconds >> $0 & 1) }
        let key = RoutingKey(rawValue: (bits + [destination.rawValue]).joined(separator: "."))
        guard seconds > 0 else { return Route(exchange: .delayDeliver, routingKey: key, seconds: 0) }
        let highest = Int.bitWidth - 1 - seconds.leadingZeroBitCount
        return Route(exchange: exchange(level: highest), routingKey: key, seconds: seconds)
    }

    /// Rounded up to the whole second, so that the message does not arrive before `time`.
    public static func route(until time: Date, now: Date, destination: QueueName) -> Route {
        let wanted = time.timeIntervalSince(now).rounded(.up)
        let seconds = wanted.isFinite ? Int(min(max(wanted, 0), Double(longestHop))) : 0
        return route(delaySeconds: seconds, destination: destination)
    }

    public static func exchange(level: Int) -> ExchangeName { ExchangeName(rawValue: name(level)) }
    public static func queue(level: Int) -> QueueName { QueueName(rawValue: name(level)) }

    private static func name(_ level: Int) -> String { "repazoo.delay." + (level < 10 ? "0" : "") + String(level) }
}
