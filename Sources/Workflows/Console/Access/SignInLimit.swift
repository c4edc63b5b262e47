/// How often somebody may try a password: 5 tries in a row for a name, 20 for an address, then one more a minute.
///
/// A bucket that fills at one try a minute, in this process's memory: with several copies of the console the limit is that many
/// times as wide. Old buckets are forgotten when they are full again, so memory is bounded by the tries of the last 20 minutes.
struct SignInLimit {
    static let triesForName = 5.0
    static let triesForAddress = 20.0
    private static let refill = 60.0

    private struct Bucket {
        var tries: Double
        var time: Double
    }

    private var buckets: [String: Bucket] = [:]
    private var lastSweep = 0.0

    /// True when the try may be made; it is counted then. `now` in seconds of any steady clock.
    mutating func mayTry(name: String, address: String, now: Double) -> Bool {
        sweep(now)
        let keys = [("name " + name, Self.triesForName), ("address " + address, Self.triesForAddress)]
        let left = keys.map { key, most in level(key, most, now) }
        guard left.allSatisfy({ $0 >= 1 }) else { return false }
        for (index, key) in keys.enumerated() { buckets[key.0] = Bucket(tries: left[index] - 1, time: now) }
        return true
    }

    /// The right password: the name's earlier slips are forgotten. The address's are not, or one good account would let its
    /// owner try the others' for ever.
    mutating func succeeded(name: String) { buckets["name " + name] = nil }

    private func level(_ key: String, _ most: Double, _ now: Double) -> Double {
        guard let bucket = buckets[key] else { return most }
        return min(most, bucket.tries + max(0, now - bucket.time) / Self.refill)
    }

    private mutating func sweep(_ now: Double) {
        guard now - lastSweep > Self.refill else { return }
        lastSweep = now
        buckets = buckets.filter { now - $0.value.time < Self.triesForAddress * Self.refill }
    }
}
