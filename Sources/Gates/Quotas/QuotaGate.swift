import Consent
public import Contracts
public import FoundationEssentials
import Isolation
public import Postgres

/// How many analyses a user may have in a calendar month (UTC), by tier. Strict under any number of consumers and crashes: the
/// rules are the database's (migration 0013).
///
/// 1. `reserve` before the first call to the provider: counted at once, under the message's id. A redelivery finds its own.
/// 2. `settle` in the transaction that stores the analysis: the reservation becomes a charge.
/// 3. `giveBack` when the analysis did not happen. The reservation of a message that died is given back when its dead letter is
///    stored; one of a message that is nowhere any more, after three days.
///
/// Safe from any task.
public struct QuotaGate: Sendable {
    public struct Allowances: Sendable {
        public var basic: Int
        public var pro: Int

        public init(basic: Int = 30, pro: Int = 300) {
            self.basic = basic
            self.pro = pro
        }

        func allowance(of tier: String) -> Int { tier == "pro" ? pro : basic }
    }

    /// SQLSTATE with which `settle` ends a transaction when its reservation is gone and the quota is used up.
    public static let usedUpState = SQLState(rawValue: "RZ002")

    private let postgres: PostgresPool
    private let allowances: Allowances

    public init(postgres: PostgresPool, allowances: Allowances) {
        self.postgres = postgres
        self.allowances = allowances
    }

    /// False when the quota is used up: nothing was reserved, and the answer is `quota_exceeded`. Ends as `ConsentGate.requirement` does
    /// when consent is gone: nothing is written for a user who left.
    ///
    /// - Parameters:
    ///   - tier: As it is now: a change counts at once, and takes back nothing that was reserved.
    ///   - now: Names the month; that of the first attempt counts.
    public func reserve(_ message: MessageID, for user: UserID, tier: String, at now: Date) async throws -> Bool {
        let reservation = SQL(
            """
            select reserve_quota(\(message.rawValue), \(user.rawValue), \(Self.period(now)), \(allowances.allowance(of: tier)))
            """
        ).named("quota_reserve")
        let results = try await postgres.rows(of: user).atomically([ConsentGate.requirement(for: user), reservation])
        return try results.last?.first?.decode(Bool.self, at: 0) ?? false
    }

    /// Keeps the charge; part of the committing transaction.
    public func settle(_ message: MessageID, for user: UserID, tier: String, at now: Date) -> SQL {
        SQL(
            """
            select settle_quota(\(message.rawValue), \(user.rawValue), \(Self.period(now)), \(allowances.allowance(of: tier)))
            """
        ).named("quota_settle")
    }

    /// Does nothing when nothing is reserved.
    public static func giveBack(_ message: MessageID) -> SQL {
        SQL("select release_quota(\(message.rawValue))").named("quota_release")
    }

    /// `2026-11`, in UTC.
    static func period(_ time: Date) -> String { String(RFC3339.text(time).prefix(7)) }
}
