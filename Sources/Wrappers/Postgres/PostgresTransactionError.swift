/// A transaction that failed twice: each half is in its slot.
///
/// A single failure is thrown as it is, so callers match on `PostgresError` or on their own error; this wraps only when the
/// clean-up failed as well.
public struct PostgresTransactionError: Error, Sendable, CustomStringConvertible {
    public var begin: (any Error)?
    public var body: (any Error)?
    public var commit: (any Error)?
    public var rollback: (any Error)?

    /// The failure that came first.
    public var first: (any Error)? { begin ?? body ?? commit ?? rollback }

    /// Names the types only, except for our own errors: a body's error may hold anything.
    public var description: String {
        let slots = [("begin", begin), ("body", body), ("commit", commit), ("rollback", rollback)]
        let parts = slots.compactMap { name, error in
            error.map { "\(name): \(($0 as? PostgresError)?.description ?? String(describing: type(of: $0)))" }
        }
        return "postgres transaction failed: " + parts.joined(separator: "; ")
    }
}
