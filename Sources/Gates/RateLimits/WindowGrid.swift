import Redis

/// How a window is cut into buckets, in microseconds. A window's memory is its buckets, whatever the limit.
///
/// Time is cut into buckets of `width` from the epoch on; a send is counted in the bucket in which it was granted. A send at
/// time *t* is granted only if it and all that was counted in its bucket and in the `count` buckets before make at most the
/// limit.
///
/// **Never more than the limit in any window.** Take the last send, at *t*, of any window of length `span`: all sends of that
/// window were granted in (*t* − `span`, *t*]. As `count × width ≥ span`, *t* − `span` lies in the bucket `count` before that
/// of *t*, or later: every send of the window was counted when the last was granted, and the sum was within the limit.
///
/// **At least 98 % usable.** The buckets that are counted reach back less than `(count + 1) × width` from *t*. So a send is
/// refused only if the limit was used up within that time, and whoever sends as soon as he may gets the limit every
/// `(count + 1) × width < span + 2 × width`: with 100 buckets, 99 % of the allowance (`usable`).
///
/// A counter of two whole windows weighted by time would be smaller, and exceeds the limit when the sends of the window
/// before were not evenly spread; a leaky bucket admits nearly twice the limit in one window.
struct WindowGrid: Hashable, Sendable {
    static let buckets = 100

    let limit: Int
    let span: Int
    let width: Int
    let count: Int

    init(_ limit: RateLimit) {
        self.limit = limit.count
        span = limit.window.microseconds
        width = (span + Self.buckets - 1) / Self.buckets
        count = (span + width - 1) / width
    }

    /// The part of the allowance that can be used by whoever sends as soon as he may.
    var usable: Double { Double(span) / Double((count + 1) * width) }

    var numbers: [Int] { [limit, span, width, count] }
    var arguments: [RedisArgument] { numbers.map { RedisArgument($0) } }
}

extension Duration {
    /// Rounded up, and kept within ±10⁶ days: far from any overflow in the script's arithmetic.
    var microseconds: Int {
        let (seconds, attoseconds) = components
        let part = (attoseconds + 999_999_999_999) / 1_000_000_000_000
        return Int(min(max(seconds, -86_400_000_000), 86_400_000_000)) * 1_000_000 + Int(part)
    }
}
