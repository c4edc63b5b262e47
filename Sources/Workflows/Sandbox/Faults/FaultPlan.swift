/// A parsed SPEC. See ``FaultPlan/help`` for the grammar.
public struct FaultPlan: Equatable, Sendable {
    var rules: [FaultRule] = []
    var seed: UInt64 = 1

    public static let none = FaultPlan()

    static let help = """
        SPEC is rules separated by commas. The first rule that applies to a call
        decides; delays add up. The same SPEC and order of calls give the same faults.

        rule    = TARGET:ACTION[=DURATION][@N|%P]   or   seed=NUMBER
        TARGET  = twitter, anthropic, slack, pagerduty, smtp, * (all), or with a
                  part of the path:
                  twitter/oauth2/token
        @N        every Nth matching call; %P: P of 100 by chance; neither: each
        ACTION  = 400 to 599    an error in the provider's shape
                                (429=30s: come back in 30 s)
                  past-reset    429 whose reset lies a minute in the past (twitter)
                  usage-cap     429, the app's monthly cap (twitter)
                  429-requests, 429-input-tokens, 429-output-tokens
                                429 of that limit (anthropic)
                  refusal       200, the model declines (anthropic)
                  prose, cut-json, wrong-count, duplicate-ids, bad-label,
                  out-of-range, extra-member, enormous, max-tokens, context-window
                                200, an answer that is wrong in itself (anthropic)
                  truncate      carried out, then the body cut in the middle and
                                the connection closed
                  garbage       200 with a body that is not JSON
                  extra-fields  unknown fields added to every object
                  drip          carried out; the body comes a byte a second
                  flood         200 with a body that does not end
                  skew=10m      resets are named 10 min later than they are (twitter)
                  repeat-page, skip-page, empty-page, circle-pages
                        the page's token leads to the same posts, a page too far,
                        to posts that were left out, to the first page (twitter)
                  slow=5s       the answer comes 5 s later
                  drip=5s       its body comes bit by bit, for 5 s

        twitter:429@5,anthropic:529@3
        twitter:500%10,seed=42
        """

    init() {}

    /// An empty or blank text is the plan without faults.
    public init(_ spec: String) throws(FaultSpecError) {
        let parts = spec.split(whereSeparator: { $0 == "," || $0.isNewline }).map { $0.trimmingSpaces() }
        for part in parts where !part.isEmpty {
            if part.hasPrefix("seed=") {
                guard let number = UInt64(part.dropFirst(5)) else {
                    throw FaultSpecError(part: part, problem: "a seed is a whole number")
                }
                seed = number
            } else {
                rules.append(try Self.rule(part))
            }
        }
    }

    private static func rule(_ part: String) throws(FaultSpecError) -> FaultRule {
        let halves = part.split(separator: ":", maxSplits: 1)
        guard halves.count == 2 else { throw FaultSpecError(part: part, problem: "write TARGET:ACTION") }
        var action = String(halves[1])
        var selection = FaultSelection.all
        if let mark = action.lastIndex(where: { $0 == "@" || $0 == "%" }) {
            let isEvery = action[mark] == "@"
            guard let number = Int(action[action.index(after: mark)...]), number >= 1, isEvery || number <= 100 else {
                throw FaultSpecError(part: part, problem: "after @ comes 1 or more, after % comes 1 to 100")
            }
            selection = isEvery ? .every(number) : .percent(number)
            action = String(action[..<mark])
        }
        let target = try target(String(halves[0]), part: part)
        return FaultRule(
            target: target, action: try Self.action(action, part: part), selection: selection, text: part)
    }

    private static func target(_ text: String, part: String) throws(FaultSpecError) -> FaultTarget {
        let halves = text.split(separator: "/", maxSplits: 1)
        let path = halves.count == 2 ? "/" + halves[1] : nil
        switch halves.first.map(String.init) {
        case "*": return FaultTarget(provider: nil, path: path)
        case "twitter", "x": return FaultTarget(provider: "twitter", path: path)
        case let name? where ["anthropic", "slack", "pagerduty", "smtp"].contains(name):
            return FaultTarget(provider: name, path: path)
        default:
            throw FaultSpecError(part: part, problem: "the target is twitter, anthropic, slack, pagerduty, smtp or *")
        }
    }

    private static func action(_ text: String, part: String) throws(FaultSpecError) -> FaultAction {
        let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
        let wait = halves.count == 2 ? SandboxDuration.parse(halves[1]) : nil
        guard let name = halves.first, halves.count == 1 || wait != nil else {
            throw FaultSpecError(part: part, problem: "a duration is written 500ms, 30s or 15m")
        }
        if let status = Int(name), (400...599).contains(status) {
            return .fail(FaultFailure(status: status, retryAfter: wait))
        }
        switch name {
        case "slow":
            guard let wait else { throw FaultSpecError(part: part, problem: "slow needs a duration: slow=5s") }
            return .slow(wait)
        case "skew":
            guard let wait else { throw FaultSpecError(part: part, problem: "skew needs a duration: skew=10m") }
            return .skew(wait)
        case "past-reset" where wait == nil: return .fail(FaultFailure(status: 429, isPastReset: true))
        case "usage-cap": return .fail(FaultFailure(status: 429, retryAfter: wait, isUsageCap: true))
        case "refusal" where wait == nil: return .refuse
        case "429-requests", "429-input-tokens", "429-output-tokens":
            return .fail(FaultFailure(status: 429, retryAfter: wait, limit: String(name.dropFirst(4))))
        case "drip" where wait != nil: return .drip(wait ?? .zero)
        default:
            if wait == nil, let fault = ModelFault(rawValue: name) { return .distort(fault) }
            if wait == nil, let page = FaultPage(rawValue: name) { return .page(page) }
            guard wait == nil, let mangling = FaultMangling(rawValue: name) else {
                let others = (FaultMangling.allCases.map(\.rawValue) + FaultPage.allCases.map(\.rawValue))
                    .joined(separator: ", ")
                throw FaultSpecError(
                    part: part,
                    problem: "the action is a status from 400 to 599, past-reset, usage-cap, refusal, \(others), "
                        + "skew=DURATION, slow=DURATION, drip=DURATION, or one of a model's faults (see --help)")
            }
            return .mangle(mangling)
        }
    }
}

/// Says which part of a SPEC is wrong, and how it should be written.
public struct FaultSpecError: Error, Equatable, CustomStringConvertible {
    var part: String
    var problem: String

    public var description: String { "fault rule \"\(part)\": \(problem)" }
}
