import Crypto
import FoundationEssentials

/// The key under which objects lie encrypted: 32 bytes that cannot be printed. Whoever throws it away has destroyed them.
public struct ObjectSeal: Sendable {
    let key: SymmetricKey

    /// A new one.
    public init() { key = SymmetricKey(size: .bits256) }

    /// Nil unless `text` is what `text` of another seal gave.
    public init?(text: String) {
        guard let data = Data(base64Encoded: text), data.count == 32 else { return nil }
        key = SymmetricKey(data: data)
    }

    /// For storing it, itself encrypted.
    public func reveal() -> String { key.withUnsafeBytes { Data($0) }.base64EncodedString() }
}

extension ObjectSeal: CustomStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// How a sealed file is laid out: a head of 44 bytes (`RPZSEAL1`, the chunks' size as 4 bytes, a salt of 32), then chunks of
/// 64 KiB, each AES-256-GCM with its tag of 16 bytes behind it, the last one shorter or empty.
///
/// The file's own key is HKDF-SHA256 of the seal with the salt and the object's key as context, so that no two files share
/// one and a file under another name does not open. A chunk's nonce is its number and whether it is the last: chunks can be
/// neither exchanged nor cut off (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), and any can be read by
/// itself.
struct SealedLayout {
    static let chunk = 1 << 16
    static let tag = 16
    static let headLength = 44
    private static let magic = Array("RPZSEAL1".utf8)

    let head: [UInt8]
    private let key: SymmetricKey

    /// For a new file.
    init(_ seal: ObjectSeal, _ object: ObjectKey) {
        let salt = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        let size = withUnsafeBytes(of: UInt32(Self.chunk).bigEndian) { Array($0) }
        self.init(seal, object, head: Self.magic + size + salt)
    }

    /// For a file that begins so.
    init(_ seal: ObjectSeal, _ object: ObjectKey, reading head: [UInt8]) throws(ObjectStoreError) {
        let size = withUnsafeBytes(of: UInt32(Self.chunk).bigEndian) { Array($0) }
        guard head.count == Self.headLength, head.starts(with: Self.magic + size) else {
            throw ObjectStoreError(.corrupt, "an object is not one that was sealed here")
        }
        self.init(seal, object, head: head)
    }

    private init(_ seal: ObjectSeal, _ object: ObjectKey, head: [UInt8]) {
        self.head = head
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: seal.key, salt: head.suffix(32), info: Array(object.rawValue.utf8), outputByteCount: 32)
    }

    /// The object's own bytes in a file of so many; nil if no file can have that size.
    static func plainSize(ofFile size: Int) -> Int? {
        let sealed = size - headLength
        guard sealed >= tag else { return nil }
        let (whole, rest) = sealed.quotientAndRemainder(dividingBy: chunk + tag)
        if rest == 0 { return whole * chunk }
        return rest >= tag ? whole * chunk + rest - tag : nil
    }

    static func lastChunk(ofPlain size: Int) -> Int { max(0, size - 1) / chunk }

    static func offset(ofChunk number: Int) -> Int { headLength + number * (chunk + tag) }

    func seal(_ plain: some DataProtocol, number: Int, isLast: Bool) throws(ObjectStoreError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(plain, using: key, nonce: Self.nonce(number, isLast), authenticating: head)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(plain.count + Self.tag)
            bytes += box.ciphertext
            bytes += box.tag
            return bytes
        } catch { throw ObjectStoreError(.corrupt, "an object could not be sealed") }
    }

    func open(_ sealed: [UInt8], number: Int, isLast: Bool) throws(ObjectStoreError) -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(
                nonce: Self.nonce(number, isLast), ciphertext: sealed.dropLast(Self.tag), tag: sealed.suffix(Self.tag))
            return Array(try AES.GCM.open(box, using: key, authenticating: head))
        } catch { throw ObjectStoreError(.corrupt, "an object is not as it was written, or its key is another") }
    }

    private static func nonce(_ number: Int, _ isLast: Bool) throws -> AES.GCM.Nonce {
        let counter = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
        return try AES.GCM.Nonce(data: [0, 0, 0, isLast ? 1 : 0] + counter)
    }
}
