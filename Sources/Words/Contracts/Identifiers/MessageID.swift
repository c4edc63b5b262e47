import Crypto

/// A message's id and idempotency key: a UUID (RFC 9562), printed in its canonical lower-case form.
public struct MessageID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads `8-4-4-4-12` hexadecimal digits of either case. The nil UUID is refused: a publisher that forgot to set its
    /// ids would otherwise have all its messages but the first taken for duplicates.
    public init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        // The first 64 bits move up into `high` as the last 64 come in below.
        var (high, low): (UInt64, UInt64) = (0, 0)
        var index = 0
        for byte in text.utf8 {
            defer { index += 1 }
            if Self.isHyphen(at: index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Hexadecimal.value(byte) else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
        guard high != 0 || low != 0 else { return nil }
        self.init(high: high, low: low)
    }

    /// An id that is written down in the program.
    static func fixed(high: UInt64, low: UInt64) -> MessageID { MessageID(high: high, low: low) }

    /// A random id (UUID version 4).
    public static func random() -> MessageID {
        stamped(high: .random(in: .min ... .max), low: .random(in: .min ... .max), version: 4)
    }

    /// The id of what follows from `cause`: UUID version 5 with the cause as its name space. The same cause and name give
    /// the same id for ever, so that a follow-up published twice is recognised as one.
    public static func derived(from cause: MessageID, name: String) -> MessageID {
        var hash = Insecure.SHA1()
        hash.update(data: cause.bytes)
        hash.update(data: Array(name.utf8))
        var halves: (UInt64, UInt64) = (0, 0)
        for (index, byte) in hash.finalize().prefix(16).enumerated() {
            if index < 8 { halves.0 = halves.0 << 8 | UInt64(byte) } else { halves.1 = halves.1 << 8 | UInt64(byte) }
        }
        return stamped(high: halves.0, low: halves.1, version: 5)
    }

    /// The 36 characters of the canonical form.
    public var rawValue: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var (high, low) = (high, low)
            for index in 0..<36 {
                guard !Self.isHyphen(at: index) else {
                    text[index] = UInt8(ascii: "-")
                    continue
                }
                text[index] = Hexadecimal.digit(UInt8(high >> 60))
                high = high << 4 | low >> 60
                low <<= 4
            }
            return 36
        }
    }

    private static func isHyphen(at index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

    private var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    private static func stamped(high: UInt64, low: UInt64, version: UInt64) -> MessageID {
        MessageID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | version << 12, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        )
    }
}

extension MessageID: CustomStringConvertible {
    public var description: String { rawValue }
}
