import FoundationEssentials

/// What to do about a user's access token. Pure.
///
/// X's refresh tokens are single-use, and using one twice may end the whole consent. So before one is sent, that is noted in
/// the database; the note is removed with the answer. A note that stays means that X may have taken the token while we do not
/// have its successor: it is never sent again.
struct TokenPlan: Equatable {
    enum Step: Equatable {
        case use
        case refresh
        /// Somebody else is refreshing it at this moment.
        case wait(until: Date)
        /// Neither usable nor to be refreshed: the user has to consent anew.
        case reconsent
    }

    /// A token that ends sooner than this is refreshed before it is used.
    static let margin: TimeInterval = 300
    /// How long a refresh may be under way: the request's own time-out and as much again for storing the answer.
    static let flight: TimeInterval = 60

    /// Nil = X did not say.
    let expiresAt: Date?
    let hasRefreshToken: Bool
    /// When this very refresh token was sent, if its answer is not stored.
    let sentAt: Date?

    /// - Parameter isRejected: X answered 401 to the access token.
    func step(at now: Date, isRejected: Bool) -> Step {
        let isUsable = !isRejected && (expiresAt.map { $0 > now } ?? true)
        let isFresh = isUsable && (expiresAt.map { $0 > now + Self.margin } ?? true)
        if isFresh { return .use }
        if let sentAt {
            if isUsable { return .use }
            return now < sentAt + Self.flight ? .wait(until: now + 5) : .reconsent
        }
        if hasRefreshToken { return .refresh }
        return isUsable ? .use : .reconsent
    }
}
