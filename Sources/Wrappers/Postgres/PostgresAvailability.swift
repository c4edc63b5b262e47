/// The two turns of an outage; each is reported once.
public enum PostgresAvailability: Sendable {
    /// No connection is left and none can be made. `PostgresPool` keeps trying.
    case unreachable(PostgresError)
    /// A connection stands again.
    case reachable(after: Duration)
}
