public import Contracts
public import FoundationEssentials
public import Postgres

/// How many analyses a user may have in a calendar month (UTC), by tier.
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

    /// SQLSTATE with which `charge` ends a transaction when the quota is used up.
    public static let usedUpState = SQLState(rawValue: "RZ002")

    private let postgres: PostgresPool
    private let allowances: Allowances

    public init(postgres: PostgresPool, allowances: Allowances) {
        self.postgres = postgres
        self.allowances = allowances
    }

    /// Asked before the work, to spare calls that could not be charged. The last word is `charge`'s.
    public func isUsedUp(for user: UserID, tier: String, at now: Date) async throws -> Bool {
        let row = try await postgres.query(
            SQL("select used from usage where user_id = \(user.rawValue) and period = \(Self.period(now))")
                .named("quota_used")
        ).first
        return try (row?.decode(Int.self, "used") ?? 0) >= allowances.allowance(of: tier)
    }

    /// Charges one analysis in the transaction that stores it.
    public func charge(_ user: UserID, tier: String, at now: Date) -> SQL {
        SQL("select charge_quota(\(user.rawValue), \(Self.period(now)), \(allowances.allowance(of: tier)))")
            .named("charge_quota")
    }

    /// `2026-11`, in UTC.
    static func period(_ time: Date) -> String { String(RFC3339.text(time).prefix(7)) }
}
