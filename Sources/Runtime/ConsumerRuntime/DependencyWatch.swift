/// Tells a consumer which of its servers are away; made before the clients, so that their callbacks can report to it.
public struct DependencyWatch: Sendable {
    let gate = DependencyGate()
    private let others: [DependencyWatch]

    /// `others` hear all that this one is told: several consumers in one process each have their own.
    public init(tellingAlso others: [DependencyWatch] = []) { self.others = others }

    public func report(_ server: String, isAway: Bool) {
        gate.report(server, isAway: isAway)
        for other in others { other.report(server, isAway: isAway) }
    }
}
