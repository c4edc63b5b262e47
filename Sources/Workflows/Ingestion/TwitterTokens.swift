import AuditTrail
import Contracts
import FoundationEssentials
import Isolation
import Postgres
import Privacy
import TokenVault
import TwitterAPI
import TwitterCalls

/// The access tokens of users, refreshed when they have to be: by one process at a time, and stored before their first use.
struct TwitterTokens: Sendable {
    enum Access: Sendable {
        case token(SecretString, of: String)
        case refused(RefusalReason)
        case notBefore(Date)
    }

    let postgres: PostgresPool
    let vault: TokenVault
    let twitter: TwitterCalls
    let actor: String

    /// A token to call X with, and the account's number there.
    ///
    /// - Parameter rejected: The token that X has just answered 401 to.
    func access(for user: UserID, rejected: SecretString? = nil, at now: Date) async throws -> Access {
        guard let account = try await TwitterAccount.read(postgres.rows(of: user)) else { return .refused(.noConsent) }
        let token = try vault.decrypt(account.accessToken)
        // Somebody may have refreshed it between our reading and X's answer.
        let isRejected = rejected.map { $0.reveal() == token.reveal() } ?? false
        switch account.plan.step(at: now, isRejected: isRejected) {
        case .use: return .token(token, of: account.providerUserID)
        case .wait(let time): return .notBefore(time)
        case .reconsent: return .refused(.reconsentNeeded)
        case .refresh: return try await refresh(account, token, user, isRejected: isRejected, at: now)
        }
    }

    private func refresh(
        _ account: TwitterAccount, _ token: SecretString, _ user: UserID, isRejected: Bool, at now: Date
    ) async throws -> Access {
        guard let stored = account.refreshToken else { return .refused(.reconsentNeeded) }
        // Before it is noted as sent: one that cannot be read is not spent.
        let refreshToken = try vault.decrypt(stored)
        let rows = postgres.rows(of: user)
        do {
            let grant = try await twitter.refreshToken(refreshToken, for: user) {
                guard try await TokenRows.noteSending(account, rows) else { throw RefreshIsUnderWay() }
            }
            try await keep(grant, account, user, at: now)
            return .token(grant.access, of: account.providerUserID)
        } catch is RefreshIsUnderWay {
            // Another process was quicker.
            return .notBefore(now + 5)
        } catch TwitterError.refreshRefused {
            try await rows.atomically([TokenRows.revoke(account), entry("token.refresh", "refused", user)])
            return .refused(.consentRevoked)
        } catch TwitterError.refreshMayHaveHappened {
            try await rows.atomically([TokenRows.noteLoss(account), entry("token.refresh", "unknown", user)])
            let isUsable = !isRejected && (account.plan.expiresAt.map { $0 > now } ?? true)
            return isUsable ? .token(token, of: account.providerUserID) : .refused(.reconsentNeeded)
        } catch let error where Self.wasNoted(error) {
            // It was not taken: whoever comes next may send it.
            try await rows.atomically([TokenRows.forgetSending(account), entry("token.refresh", "failed", user)])
            throw error
        }
    }

    /// Whether our own note of sending stands: X was called, or would not even be called with this token. Anything else came
    /// before, and a note that stands then is somebody else's, who is not to be disturbed.
    private static func wasNoted(_ error: any Error) -> Bool {
        switch error {
        case is TwitterError: true
        case let error as RateLimited: error.isByProvider
        case let error as UsageCapped: error.isByProvider
        default: false
        }
    }

    /// What X gave exists nowhere but here until it is stored: an outage of the database is waited out.
    private func keep(_ grant: TokenGrant, _ account: TwitterAccount, _ user: UserID, at now: Date) async throws {
        let statements = [
            TokenRows.store(
                access: try vault.encrypt(grant.access, at: now),
                refresh: try grant.refresh.map { try vault.encrypt($0, at: now) },
                expiresAt: now.addingTimeInterval(grant.expiresIn / .seconds(1)), of: account),
            entry("token.refresh", "done", user),
        ]
        while true {
            do {
                try await postgres.rows(of: user).atomically(statements)
                return
            } catch let error as PostgresError where error.isRetryable {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private func entry(_ action: String, _ outcome: String, _ user: UserID) -> SQL {
        AuditEntry(actor: actor, userID: user, action: action, outcome: outcome).statement
    }
}

private struct RefreshIsUnderWay: Error {}
