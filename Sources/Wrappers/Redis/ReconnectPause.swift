/// Pauses between attempts to connect: 50 ms, doubled up to 2 s, each shortened at random by up to half, so that many
/// processes do not come back together.
struct ReconnectPause {
    private var ceiling: Duration = .milliseconds(50)

    mutating func next() -> Duration {
        defer { ceiling = min(ceiling * 2, .seconds(2)) }
        return ceiling * Double.random(in: 0.5...1)
    }
}
