/// Tells a consumer which of its servers are away; made before the clients, so that their callbacks can report to it.
public struct DependencyWatch: Sendable {
    let gate = DependencyGate()

    public init() {}

    public func report(_ server: String, isAway: Bool) { gate.report(server, isAway: isAway) }
}
