public import Contracts
public import Postgres

/// The database as the work for one user sees it: the rows of that user, and none of anybody else's.
///
/// Row-level security binds the programs that work on one user (migration 0009): their policies compare a row's user with the
/// setting `repazoo.user_id`, and without it they see nothing. It is set for one transaction at a time, so that connections can be
/// shared by jobs of many users. What a job commits in the end is set by the runtime (`JobGroup`).
///
/// It guards against our own mistakes, a forgotten `where` above all: whoever can run any statement can set it to any user.
public struct UserRows: Sendable {
    public let user: UserID
    private let postgres: PostgresPool

    fileprivate init(_ user: UserID, _ postgres: PostgresPool) {
        self.user = user
        self.postgres = postgres
    }

    /// Says for the rest of the transaction whose rows are seen and written; nil = nobody's.
    public static func scope(of user: UserID?) -> SQL {
        SQL("select set_config('repazoo.user_id', \(user?.rawValue ?? ""), true)").named("user_scope").about(
            user?.rawValue)
    }

    /// Runs one statement in a transaction and a round trip of its own.
    @discardableResult
    public func query(_ sql: SQL, file: String = #fileID, line: UInt = #line) async throws -> PostgresResult {
        try await postgres.atomically([Self.scope(of: user), sql], file: file, line: line)[1]
    }

    /// Runs all statements in one transaction and one round trip, and returns their results: all of them, or none.
    @discardableResult
    public func atomically(
        _ statements: [SQL], file: String = #fileID, line: UInt = #line
    ) async throws -> [PostgresResult] {
        Array(try await postgres.atomically([Self.scope(of: user)] + statements, file: file, line: line).dropFirst())
    }

    /// As the pool's own: committed when `body` returns, rolled back when it throws.
    public nonisolated(nonsending) func transaction<T>(
        isolation: PostgresIsolation = .readCommitted, readOnly: Bool = false, file: String = #fileID,
        line: UInt = #line, _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> T
    ) async throws -> T {
        try await postgres.transaction(isolation: isolation, readOnly: readOnly, file: file, line: line) {
            transaction in
            try await transaction.query(Self.scope(of: user), file: file, line: line)
            return try await body(transaction)
        }
    }
}

extension PostgresPool {
    /// The rows of one user. Cheap to make.
    public nonisolated func rows(of user: UserID) -> UserRows { UserRows(user, self) }
}
