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
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if Self.hyphens.contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Hexadecimal.value(byte) else { return nil }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        guard halves != (0, 0) else { return nil }
        self.init(high: halves.0, low: halves.1)
    }

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
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for byte in bytes {
            if Self.hyphens.contains(text.count) { text.append(UInt8(ascii: "-")) }
            text.append(Hexadecimal.digit(byte >> 4))
            text.append(Hexadecimal.digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let hyphens: Set<Int> = [8, 13, 18, 23]

    private var bytes: [UInt8] {
        [high, low].flatMap { half in stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> $0) }
        }
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
