/// What a call meets.
struct FaultDecision: Equatable, Sendable {
    var delay: Duration = .zero
    var action: FaultAction?
    /// The rules that applied, as they were written.
    var label: String?
}

/// Counts the calls that each rule matches and decides from the counts alone: the same calls in the same order meet
/// the same faults.
struct FaultInjector: Sendable {
    let plan: FaultPlan
    private var counts: [Int]

    init(plan: FaultPlan) {
        self.plan = plan
        counts = Array(repeating: 0, count: plan.rules.count)
    }

    mutating func next(provider: String, path: String) -> FaultDecision {
        var decision = FaultDecision()
        var labels: [String] = []
        for (index, rule) in plan.rules.enumerated() where rule.target.matches(provider: provider, path: path) {
            counts[index] += 1  // counted even when an earlier rule decides, so that rules do not disturb each other
            guard applies(rule, index: index) else { continue }
            if case .slow(let wait) = rule.action {
                decision.delay += wait
            } else if decision.action == nil {
                decision.action = rule.action
            } else {
                continue
            }
            labels.append(rule.text)
        }
        if !labels.isEmpty { decision.label = labels.joined(separator: ",") }
        return decision
    }

    private func applies(_ rule: FaultRule, index: Int) -> Bool {
        switch rule.selection {
        case .all: return true
        case .every(let number): return counts[index] % number == 0
        case .percent(let share):
            var random = SeededRandom(seed: "\(plan.seed)/\(index)/\(counts[index])")
            return Int.random(in: 0..<100, using: &random) < share
        }
    }
}
