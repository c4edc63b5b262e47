import Postgres

/// Errors that say something about the row and nothing about the server: a value that it cannot hold, a rule of the
/// table.
///
/// The distinction decides between "store less" and "wait". What is not known to be the row's fault waits: a missing
/// table, a missing right, a full disk and a read-only server lose no dead letter.
enum RowRefusal {
    static func explains(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError, !error.isConnectionFatal else { return false }
        switch error.kind {
        case .encoding: return true
        case .server:
            switch error.sqlState {
            // Data exceptions, constraints, limits of one value or index entry, and errors that a trigger raises.
            case .class("22"), .class("23"), .class("54"), .class("P0"): return true
            default: return false
            }
        default: return false
        }
    }
}
