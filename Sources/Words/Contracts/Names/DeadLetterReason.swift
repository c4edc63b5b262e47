/// Why a message was given up: the header `repazoo-reason` and the column `dead_letters.reason`.
public enum DeadLetterReason: String, CaseIterable, Sendable, CustomStringConvertible {
    /// Not decodable, or not a message for this queue.
    case invalidMessage = "invalid_message"
    /// The broker delivered it to more consumers than its limit allows, and none of them lived to settle it.
    case crashLoop = "crash_loop"
    case attemptsExhausted = "attempts_exhausted"
    case permanentFailure = "permanent_failure"
    /// Put off (rate window, open circuit) until its own deadline had passed.
    case deadlinePassed = "deadline_passed"
    /// Ran out of a queue by the broker's own rule (TTL, length limit) without a consumer's say.
    case expired = "expired"
    /// Rejected on the broker without a word about why: not the way of our consumers.
    case rejected
    /// Pushed out of a queue by its length limit.
    case overflow = "maxlen"
    /// Neither a consumer nor the broker said why in words that we know.
    case unknown

    public var description: String { rawValue }
}
