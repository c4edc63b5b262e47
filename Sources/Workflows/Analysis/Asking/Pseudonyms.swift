import Contracts
import Crypto
import FoundationEssentials
public import Privacy

/// The name under which a provider sees a user: always the same, and of no use to anybody without the key.
public struct Pseudonyms: Sendable {
    private let key: SecretString

    /// Of a list of keys the first counts. Exchanging it gives every user a new pseudonym, which does no harm.
    public init(key: SecretString) { self.key = key }

    /// 32 hexadecimal digits: HMAC-SHA256 of the user's id, shortened.
    func pseudonym(of user: UserID) -> String {
        let first = key.withValue { String($0.prefix { $0 != "," }) }
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(("anthropic:" + user.rawValue).utf8), using: SymmetricKey(data: Data(first.utf8)))
        return code.prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
