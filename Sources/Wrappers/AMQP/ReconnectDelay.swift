/// How long to wait before the next attempt to connect: doubling from `first` to `longest`, each drawn evenly from its upper
/// half so that many clients do not return in step.
struct ReconnectDelay {
    var first: Duration = .milliseconds(100)
    var longest: Duration = .seconds(10)
    private var failures = 0

    init() {}

    mutating func next(random: Double = .random(in: 0...1)) -> Duration {
        let ceiling = min(longest, first * (1 << min(failures, 16)))
        failures += 1
        return ceiling * (0.5 + random / 2)
    }

    mutating func succeeded() { failures = 0 }
}
