import FoundationEssentials

/// Access and refresh tokens by the rules of X: an access token expires; a refresh token works once and is followed
/// by another; one that comes a second time was stolen or lost, and ends every token of its family.
struct XTokens: Sendable {
    enum Holder: Equatable { case user(String), expired, unknown }

    private struct Family {
        var user: String
        var access: [String: Date]
        var refresh: String?
        var isDead = false
    }

    struct Grant: Equatable {
        var user: String
        var access: String
        var refresh: String
    }

    static let lifetime = 7_200
    static let scope = "tweet.read users.read offline.access"

    private var families: [Family] = []
    private var familyOfAccess: [String: Int] = [:]
    /// Spent refresh tokens stay here: that is how a replay is known.
    private var familyOfRefresh: [String: Int] = [:]
    private var revokedUsers: Set<String> = []

    /// Begins a family for a user, and ends nothing. Tokens named here replace earlier ones of the same text.
    mutating func seed(user: String, access: String?, refresh: String?, expiresIn: Int, now: Date) {
        families.append(Family(user: user, access: [:], refresh: refresh))
        revokedUsers.remove(user)
        if let access {
            families[families.count - 1].access[access] = now + Double(expiresIn)
            familyOfAccess[access] = families.count - 1
        }
        if let refresh { familyOfRefresh[refresh] = families.count - 1 }
    }

    /// `sandbox-<user id>` holds for that user without being seeded, until it is revoked.
    func holder(ofAccess token: String, now: Date) -> Holder {
        if let index = familyOfAccess[token], let expiry = families[index].access[token], !families[index].isDead {
            return expiry > now ? .user(families[index].user) : .expired
        }
        guard familyOfAccess[token] == nil, let user = Self.user(in: token, after: "sandbox-"),
            !revokedUsers.contains(user)
        else { return .unknown }
        return .user(user)
    }

    /// Nothing if the token is unknown, revoked or used before. `sandbox-refresh-<user id>` works once unseeded.
    mutating func refresh(_ token: String, now: Date) -> Grant? {
        if familyOfRefresh[token] == nil, let user = Self.user(in: token, after: "sandbox-refresh-"),
            !revokedUsers.contains(user)
        {
            seed(user: user, access: nil, refresh: token, expiresIn: 0, now: now)
        }
        guard let index = familyOfRefresh[token], !families[index].isDead else { return nil }
        guard families[index].refresh == token else {
            families[index].isDead = true
            return nil
        }
        let grant = Grant(user: families[index].user, access: Self.mint("sbxat-"), refresh: Self.mint("sbxrt-"))
        families[index].refresh = grant.refresh
        families[index].access[grant.access] = now + Double(Self.lifetime)
        familyOfAccess[grant.access] = index
        familyOfRefresh[grant.refresh] = index
        return grant
    }

    /// Ends the family of an access or refresh token, as when the user withdraws consent. False if it is unknown.
    mutating func revoke(_ token: String) -> Bool {
        if let index = familyOfAccess[token] ?? familyOfRefresh[token] {
            families[index].isDead = true
            return true
        }
        let user = Self.user(in: token, after: "sandbox-refresh-") ?? Self.user(in: token, after: "sandbox-")
        if let user { revokedUsers.insert(user) }
        return user != nil
    }

    private static func user(in token: String, after prefix: String) -> String? {
        guard token.hasPrefix(prefix) else { return nil }
        let id = String(token.dropFirst(prefix.count))
        return XIdentifier.number(id) == nil ? nil : id
    }

    private static func mint(_ prefix: String) -> String {
        prefix + (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }
}
