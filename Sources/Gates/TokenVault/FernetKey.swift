import Crypto

/// A Fernet key: 16 bytes that sign, then 16 bytes that encrypt (https://github.com/fernet/spec, Spec.md).
/// Printing and dumping show nothing of it.
public struct FernetKey: Sendable {
    let signing: SymmetricKey
    let encryption: SymmetricKey

    /// Nil unless `text` is 32 bytes as padded url-safe base64.
    public init?(_ text: String) {
        guard let bytes = URLSafeBase64.decode(text), bytes.count == 32 else { return nil }
        signing = SymmetricKey(data: bytes[..<16])
        encryption = SymmetricKey(data: bytes[16...])
    }

    /// A new random key, as text for `ENCRYPTION_KEY`.
    public static func generate() -> String {
        URLSafeBase64.encode(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
    }
}

extension FernetKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
