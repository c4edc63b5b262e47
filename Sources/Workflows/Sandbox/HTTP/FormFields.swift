/// `name=value&…` pairs of a query or a form body, decoded (WHATWG URL, application/x-www-form-urlencoded), in order.
struct FormFields: Equatable, Sendable {
    var pairs: [(name: String, value: String)]

    init(_ encoded: some StringProtocol) {
        pairs = encoded.split(separator: "&").map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(halves[0]), halves.count > 1 ? Self.decoded(halves[1]) : "")
        }
    }

    /// The last value wins where a name comes twice.
    subscript(_ name: String) -> String? { pairs.last { $0.name == name }?.value }

    static func == (left: Self, right: Self) -> Bool { left.pairs.elementsEqual(right.pairs, by: ==) }

    /// A `%` that is not followed by two hexadecimal digits stands for itself.
    static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = true) -> String {
        let input = Array(text.utf8)
        var output: [UInt8] = []
        var index = 0
        while index < input.count {
            let byte = input[index]
            if byte == UInt8(ascii: "%"), index + 2 < input.count,
                let high = hexDigit(input[index + 1]), let low = hexDigit(input[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
