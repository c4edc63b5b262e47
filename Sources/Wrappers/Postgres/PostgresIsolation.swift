/// How far a transaction is kept apart from others (PostgreSQL's manual, 13.2). The stricter two may fail with SQLSTATE
/// class 40 and are then to be run again from the start.
public enum PostgresIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"

    func begin(readOnly: Bool) -> SQL {
        SQL(trusted: "BEGIN ISOLATION LEVEL \(rawValue)\(readOnly ? " READ ONLY" : "")").named("BEGIN")
    }
}
