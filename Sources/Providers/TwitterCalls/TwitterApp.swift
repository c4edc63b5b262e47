import Crypto
public import Privacy

/// The app that we are at X: its limits are ours, whoever the users are.
public struct TwitterApp: Sendable {
    public let clientID: String
    public let clientSecret: SecretString
    /// Where X is reached; the sandbox's limits are its own.
    public let apiURL: String

    public init(clientID: String, clientSecret: SecretString, apiURL: String) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.apiURL = apiURL
    }

    /// Under which its windows and its row in `provider_activity` are found: `twitter:` and 12 hexadecimal digits.
    public var name: String {
        let digest = SHA256.hash(data: Array("\(apiURL)\n\(clientID)".utf8))
        let digits = digest.prefix(6).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return "twitter:" + digits.joined()
    }
}
