/// One rule of the policy: rows of a table of which a condition has held for an age.
struct RetentionRule: Equatable, Sendable {
    enum Action: String, CaseIterable, Sendable {
        /// Marked as deleted now, removed `RetentionPolicy.hardDeleteAfter` later.
        case softDelete = "soft_delete"
        case delete
        /// The secrets of the row go, the row stays.
        case scrub
    }

    enum Condition: String, CaseIterable, Sendable {
        /// The row is so old, and its user was last seen so long ago.
        case userInactive = "user_inactive"
        /// The consent given last was revoked so long ago.
        case consentRevoked = "consent_revoked"
        /// No subscription is left that is not cancelled, and the last was cancelled so long ago.
        case subscriptionCancelled = "subscription_cancelled"
        /// The row's own `retain_until` passed so long ago.
        case retainUntil = "retain_until"
        /// The row came to its end so long ago.
        case finished
        /// The row was made so long ago.
        case created
    }

    /// Unique; in audit entries, logs and metrics.
    let name: String
    let table: RetainedTable
    let condition: Condition
    /// Due from the very second at which it is reached.
    let age: Duration
    let action: Action
    let lawfulBasis: String
}

/// The tables that the policy may speak of.
enum RetainedTable: String, CaseIterable, Sendable {
    case tweets = "twitter_data"
    case analyses
    /// Answers that are no part of a stored analysis yet.
    case parts = "analysis_parts"
    case tokens = "oauth_tokens"
    case receipts
    case deadLetters = "dead_letters"

    var actions: [RetentionRule.Action] {
        switch self {
        case .tweets, .analyses: [.softDelete]
        case .tokens: [.scrub]
        case .parts, .receipts, .deadLetters: [.delete]
        }
    }

    var conditions: [RetentionRule.Condition] {
        switch self {
        case .tweets: [.consentRevoked, .subscriptionCancelled, .retainUntil]
        case .analyses: [.userInactive, .consentRevoked, .subscriptionCancelled, .retainUntil]
        case .parts: [.consentRevoked, .subscriptionCancelled]
        case .tokens: [.consentRevoked]
        case .receipts: [.finished]
        case .deadLetters: [.finished, .created]
        }
    }

    /// What a legal hold names it by.
    var category: HoldCategory {
        switch self {
        case .tweets: .tweets
        case .analyses, .parts: .analyses
        case .tokens: .account
        case .receipts, .deadLetters: .messages
        }
    }
}

/// What a legal hold may keep from hard deletion.
public enum HoldCategory: String, CaseIterable, Sendable {
    case all, account, tweets, analyses, exports, audit, messages
}
