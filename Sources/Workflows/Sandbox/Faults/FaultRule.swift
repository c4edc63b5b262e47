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
    /// The page of a timeline is whole, and its token leads elsewhere.
    case page(FaultPage)
    /// The provider's clock is so far ahead: resets are named that much later.
    case skew(Duration)
    /// A well-formed answer in which the provider declines.
    case refuse
    /// A well-formed answer that is wrong in itself.
    case distort(ModelFault)
    /// The answer's body comes bit by bit.
    case drip(Duration)
    case slow(Duration)
}

/// An error status instead of an answer.
struct FaultFailure: Equatable, Sendable {
    var status: Int
    /// When the provider says to come back.
    var retryAfter: Duration?
    /// A 429 that means the app's monthly cap, not the rate window.
    var isUsageCap = false
    /// A 429 of this limit: its headers say that nothing is left of it.
    var limit: String?
    /// A 429 whose reset lies a minute in the past.
    var isPastReset = false
}

/// How a timeline's pages go wrong though each of them is well formed.
enum FaultPage: String, Equatable, Sendable, CaseIterable {
    /// The token leads to the same posts once more.
    case repeatPage = "repeat-page"
    /// The token leads one page too far.
    case skipPage = "skip-page"
    /// No posts, and a token that leads to them.
    case emptyPage = "empty-page"
    /// The token leads to the first page.
    case circle = "circle-pages"
}
