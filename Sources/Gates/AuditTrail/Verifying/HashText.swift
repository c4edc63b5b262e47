/// A hash in 64 hexadecimal digits, or whatever text stands in its place. Equal texts of up to 64 bytes are equal.
struct HashText: Equatable, Sendable {
    private var bytes = SIMD64<UInt8>()
    private var count = 0

    /// Of what comes before the first entry.
    static let none = HashText()

    private init() {}

    init(_ text: Slice<UnsafeRawBufferPointer>) {
        count = text.count
        if count == 64 {
            bytes = UnsafeRawBufferPointer(rebasing: text).loadUnaligned(as: SIMD64<UInt8>.self)
        } else {
            for (index, byte) in text.prefix(64).enumerated() { bytes[index] = byte }
        }
    }

    init(_ text: String) {
        var text = text
        self = text.withUTF8 { HashText(UnsafeRawBufferPointer($0)[...]) }
    }
}
