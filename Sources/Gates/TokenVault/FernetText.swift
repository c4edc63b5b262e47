import Crypto
import CryptoExtras

/// The parts of one Fernet text: `0x80 ‖ seconds since 1970, big endian ‖ IV ‖ AES-128-CBC ‖ HMAC-SHA256 over all before`.
struct FernetText {
    static let maximumPlaintext = 16 * 1024

    let seconds: UInt64
    private let signed: [UInt8]
    private let signature: [UInt8]

    private static let version: UInt8 = 0x80
    private static let head = 1 + 8 + 16
    private static let block = 16

    init(_ text: String) throws(VaultError) {
        // Before decoding, so that a huge text costs nothing.
        guard text.utf8.count <= (Self.maximumPlaintext + 128) / 3 * 4 else { throw .malformed }
        guard let bytes = URLSafeBase64.decode(text), bytes.count >= Self.head + Self.block + SHA256.byteCount,
            (bytes.count - Self.head - SHA256.byteCount).isMultiple(of: Self.block), bytes[0] == Self.version
        else { throw .malformed }
        signed = Array(bytes.dropLast(SHA256.byteCount))
        signature = Array(bytes.suffix(SHA256.byteCount))
        seconds = bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Compares in constant time.
    func isSigned(by key: FernetKey) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: key.signing)
    }

    /// Only after `isSigned`: telling a wrong padding of unsigned bytes from a right one would give the plaintext away.
    func plaintext(under key: FernetKey) throws(VaultError) -> [UInt8] {
        do {
            let iv = try AES._CBC.IV(ivBytes: signed[9..<Self.head])
            return Array(try AES._CBC.decrypt(signed[Self.head...], using: key.encryption, iv: iv))
        } catch {
            throw .undecryptable
        }
    }

    static func seal(
        _ plaintext: [UInt8], under key: FernetKey, seconds: UInt64, iv: AES._CBC.IV
    ) throws(VaultError) -> String {
        guard plaintext.count <= maximumPlaintext else { throw .tooLong }
        do {
            var bytes = [version] + withUnsafeBytes(of: seconds.bigEndian) { Array($0) } + Array(iv)
            bytes += try AES._CBC.encrypt(plaintext, using: key.encryption, iv: iv)
            return URLSafeBase64.encode(bytes + HMAC<SHA256>.authenticationCode(for: bytes, using: key.signing))
        } catch {
            throw .undecryptable
        }
    }
}
