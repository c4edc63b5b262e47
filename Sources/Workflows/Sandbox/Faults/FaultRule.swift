/// One rule of a fault plan: which calls, which of them, and what happens to them.
struct FaultRule: Equatable, Sendable {
    var target: FaultTarget
    var action: FaultAction
    var selection: FaultSelection
    /// As it was written, for the log.
    var text: String
}

struct FaultTarget: Equatable, Sendable {
    /// Nothing means every provider.
    var provider: String?
    /// Nothing means every path; otherwise calls whose path holds this.
    var path: String?

    func matches(provider: String, path: String) -> Bool {
        (self.provider == nil || self.provider == provider) && (self.path.map(path.contains) ?? true)
    }
}

enum FaultSelection: Equatable, Sendable {
    case all
    /// The Nth, 2Nth, … call that the target matches.
    case every(Int)
    /// Each call by chance, from the plan's seed.
    case percent(Int)
}

enum FaultAction: Equatable, Sendable {
    case fail(FaultFailure)
    case mangle(FaultMangling)
    /// A well-formed answer in which the provider declines.
    case refuse
    case slow(Duration)
}

/// An error status instead of an answer.
struct FaultFailure: Equatable, Sendable {
    var status: Int
    /// When the provider says to come back.
    var retryAfter: Duration?
    /// A 429 that means the app's monthly cap, not the rate window.
    var isUsageCap = false
}
