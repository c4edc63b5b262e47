public import Contracts

/// Why a key list or an encrypted value cannot be used. Holds neither keys nor texts.
public enum VaultError: Error, Equatable, Sendable {
    /// The list of keys is empty.
    case noKey
    /// The key at this place of the list (1 = the first) is not 32 bytes as padded url-safe base64.
    case badKey(position: Int)
    /// Not a Fernet text of version 0x80: wrong alphabet, padding, length or first byte.
    case malformed
    /// No key of the list made this text, or it was changed since.
    case wrongSignature
    /// Rightly signed, yet the padding or the encoding inside is wrong: whoever made it has a bug.
    case undecryptable
    case expired
    /// Made more than 60 s after the time it was read at.
    case fromTheFuture
    case tooLong

    /// Nothing of this heals by waiting.
    public var outcome: Outcome { .failedForGood(.corruptState) }
}

extension VaultError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noKey: "no encryption key is given"
        case .badKey(let position):
            "encryption key number \(position) is not 32 bytes in padded url-safe base64 (44 characters); "
                + "`repazoo keys generate` makes one"
        case .malformed: "the stored value is not Fernet text"
        case .wrongSignature: "no encryption key fits the stored value, or it was changed"
        case .undecryptable: "the stored value is signed rightly but does not hold a text"
        case .expired: "the stored value is older than allowed"
        case .fromTheFuture: "the stored value was made in the future: compare the clocks"
        case .tooLong: "the value is longer than \(FernetText.maximumPlaintext) bytes"
        }
    }
}
