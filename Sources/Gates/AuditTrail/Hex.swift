/// Lower-case hexadecimal digits.
enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Whether `text` is these bytes, without making a text of them.
    static func matches(_ text: some Sequence<UInt8>, _ bytes: some Sequence<UInt8>) -> Bool {
        var rest = text.makeIterator()
        for byte in bytes {
            guard rest.next() == digits[Int(byte >> 4)], rest.next() == digits[Int(byte & 15)] else { return false }
        }
        return rest.next() == nil
    }
}
