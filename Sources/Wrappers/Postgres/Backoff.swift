/// How long to wait before the next attempt to connect: doubling from `first` to `limit`, and of that a random share between
/// a half and the whole, so that many processes do not come back at once.
///
/// Attempts 1, 2, 3, … wait at most 100 ms, 200 ms, 400 ms, … 5 s.
struct Backoff {
    var first: Duration = .milliseconds(100)
    var limit: Duration = .seconds(5)

    /// `random` is in 0…1.
    func delay(afterFailures failures: Int, random: Double) -> Duration {
        let doublings = min(max(0, failures - 1), 20)
        let whole = min(limit, first * (1 << doublings))
        return whole * (0.5 + 0.5 * min(max(random, 0), 1))
    }
}
