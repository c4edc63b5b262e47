public import Contracts
public import Privacy
public import TwitterAPI

extension TwitterCalls {
    /// One page of the timeline of `account`, which is `user`'s (`TwitterClient.timelinePage`).
    public func timelinePage(
        of account: String, for user: UserID, token: SecretString, sinceID: String?, paginationToken: String?,
        maxResults: Int
    ) async throws -> TimelinePage {
        let page = try await send(.timeline, for: user) {
            await client.timelinePage(
                of: account, token: token, sinceID: sinceID, paginationToken: paginationToken, maxResults: maxResults)
        }
        metrics.reads.increment(by: page.reads)
        return page
    }

    /// Changes a refresh token into new tokens (`TwitterClient.refreshToken`).
    ///
    /// - Parameter beforeSending: Runs when the call may be made, right before it: what it throws keeps it from being made. An
    ///   error that comes before it ran means that nothing was sent.
    public func refreshToken(
        _ refresh: SecretString, for user: UserID, beforeSending: @Sendable () async throws -> Void
    ) async throws -> TokenGrant {
        try await send(.token, for: user) {
            try await beforeSending()
            return await client.refreshToken(
                refresh: refresh, clientID: app.clientID, clientSecret: app.clientSecret)
        }
    }
}
