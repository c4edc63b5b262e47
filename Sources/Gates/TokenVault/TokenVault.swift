import CryptoExtras
public import FoundationEssentials
public import Privacy

/// Encrypts and decrypts the tokens of users, as Fernet text that Python's `cryptography` reads and writes as well.
/// Safe from any thread.
///
/// Fernet binds a text to nothing: one moved to another user's row still decrypts. Whoever reads a row must have locked
/// and checked whose it is.
public struct TokenVault: Sendable {
    /// What pyca allows two clocks to differ by.
    public static let clockSkew = Duration.seconds(60)

    /// The first encrypts, all decrypt.
    private let keys: [FernetKey]

    /// - Parameter keys: one key, or several with commas between them; white space around a key is let pass.
    public init(keys list: SecretString) throws(VaultError) {
        let texts = list.reveal().split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
        guard texts != [""] else { throw .noKey }
        var keys: [FernetKey] = []
        for (index, text) in texts.enumerated() {
            guard let key = FernetKey(text) else { throw .badKey(position: index + 1) }
            keys.append(key)
        }
        self.keys = keys
    }

    public func encrypt(_ secret: SecretString, at time: Date) throws(VaultError) -> String {
        try encrypt(secret, at: time, iv: AES._CBC.IV())
    }

    public func decrypt(_ text: String) throws(VaultError) -> SecretString {
        let sealed = try FernetText(text)
        return try Self.secret(sealed, try signer(of: sealed))
    }

    /// Refuses a text that is more than `maximumAge` older than `time`, or more than `clockSkew` younger.
    public func decrypt(_ text: String, maximumAge: Duration, at time: Date) throws(VaultError) -> SecretString {
        let sealed = try FernetText(text)
        // The signature first, so that a forged time is told as a wrong signature.
        let key = try signer(of: sealed)
        try Self.check(sealed, maximumAge, time)
        return try Self.secret(sealed, key)
    }

    /// The same secret under the first key, made at the same time as before.
    public func rotate(_ text: String) throws(VaultError) -> String {
        let sealed = try FernetText(text)
        let plaintext = try sealed.plaintext(under: try signer(of: sealed))
        return try FernetText.seal(plaintext, under: keys[0], seconds: sealed.seconds, iv: AES._CBC.IV())
    }

    /// Whether `text` is already under the first key.
    public func isCurrent(_ text: String) throws(VaultError) -> Bool {
        try FernetText(text).isSigned(by: keys[0])
    }

    func encrypt(_ secret: SecretString, at time: Date, iv: AES._CBC.IV) throws(VaultError) -> String {
        let seconds = UInt64(exactly: max(time.timeIntervalSince1970, 0).rounded(.down)) ?? 0
        return try FernetText.seal(Array(secret.reveal().utf8), under: keys[0], seconds: seconds, iv: iv)
    }

    private static func secret(_ text: FernetText, _ key: FernetKey) throws(VaultError) -> SecretString {
        guard let secret = String(validating: try text.plaintext(under: key), as: UTF8.self) else {
            throw .undecryptable
        }
        return SecretString(secret)
    }

    private func signer(of text: FernetText) throws(VaultError) -> FernetKey {
        guard let key = keys.first(where: text.isSigned) else { throw .wrongSignature }
        return key
    }

    private static func trimmed(_ text: Substring) -> String {
        let front = text.drop(while: \.isWhitespace)
        return String(
            front[..<(front.lastIndex { !$0.isWhitespace }.map { front.index(after: $0) } ?? front.startIndex)])
    }

    private static func check(_ text: FernetText, _ maximumAge: Duration, _ now: Date) throws(VaultError) {
        let age = now.timeIntervalSince1970.rounded(.down) - Double(text.seconds)
        guard age <= Double(maximumAge.components.seconds) else { throw .expired }
        guard -age <= Double(clockSkew.components.seconds) else { throw .fromTheFuture }
    }
}
