import Testing

/// Guarantee 1: every message that was accepted ends done, refused or dead, and is accounted for, whatever dies.
@Suite(.timeLimit(.minutes(15)))
struct NothingIsLost {}

/// Guarantee 2: duplicates and redeliveries, concurrent too, change nothing and cost nothing.
@Suite(.timeLimit(.minutes(10)))
struct OnceInEffect {}
