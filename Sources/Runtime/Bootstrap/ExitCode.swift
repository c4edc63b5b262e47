/// How a program ends; sysexits(3) where it has a word for it.
public enum ExitCode: Int32, Sendable {
    /// Done, or stopped cleanly.
    case done = 0
    /// A check found something: a difference, an unhealthy part, a refused request.
    case notSo = 1
    /// Bad usage (EX_USAGE).
    case usage = 64
    /// A server stayed out of reach longer than `STARTUP_TIMEOUT` (EX_UNAVAILABLE).
    case unavailable = 69
    /// Bad configuration (EX_CONFIG).
    case configuration = 78
}

/// The version that `--version` prints.
public enum Release {
    public static let version = "0.1.0"
}
