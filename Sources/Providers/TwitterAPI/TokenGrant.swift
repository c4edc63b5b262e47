public import Privacy

/// New tokens. Store them before the first use: the old refresh token is dead.
public struct TokenGrant: Sendable {
    public let access: SecretString
    /// Absent without the scope `offline.access`.
    public let refresh: SecretString?
    public let expiresIn: Duration
    public let scope: [String]
}
