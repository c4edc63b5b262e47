/// Why a request is answered with no. A business answer that the user may be told, not a failure: the `reason` of a
/// `….refused` event, of the audit entry and of the receipt.
public enum RefusalReason: String, CaseIterable, Sendable, CustomStringConvertible {
    case unknownUser = "unknown_user"
    case userErased = "user_erased"
    case noConsent = "no_consent"
    case consentExpired = "consent_expired"
    case consentRevoked = "consent_revoked"
    /// The consent stands, but its tokens are of no more use: the user has to go through the provider's dialogue again.
    case reconsentNeeded = "reconsent_needed"
    /// No subscription, or one that is not active.
    case noSubscription = "no_subscription"
    case quotaExceeded = "quota_exceeded"
    /// The account's tweets are visible to approved followers only.
    case accountProtected = "account_protected"
    case accountSuspended = "account_suspended"
    /// Deleted or deactivated at the provider.
    case accountGone = "account_gone"
    case nothingToAnalyze = "nothing_to_analyze"
    /// The model declined to judge the text.
    case modelRefused = "model_refused"
    case legalHold = "legal_hold"
    /// A tick whose slot lies in the future.
    case slotInFuture = "slot_in_future"
    /// A tick so old that whatever it stood for has been overtaken.
    case slotTooOld = "slot_too_old"

    public var description: String { rawValue }
}
