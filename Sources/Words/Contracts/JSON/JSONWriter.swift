/// Writes JSON into bytes. The caller calls in the order of the text; commas are the writer's.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    /// One object whose members `fill` writes with `field`.
    static func object(_ fill: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(256)
        writer.bytes.append(UInt8(ascii: "{"))
        fill(&writer)
        writer.bytes.append(UInt8(ascii: "}"))
        return writer.bytes
    }

    mutating func field(_ name: String, _ value: JSONValue) {
        separate()
        string(name)
        bytes.append(UInt8(ascii: ":"))
        self.value(value)
    }

    mutating func field(_ name: String, _ text: String) { field(name, .string(text)) }

    mutating func field(_ name: String, ifPresent text: String?) {
        if let text { field(name, .string(text)) }
    }

    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .boolean(let value): raw(value ? "true" : "false")
        case .integer(let value): raw(String(value))
        case .number(let value): raw(value.isFinite ? String(value) : "null")
        case .string(let text): string(text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for element in elements {
                separate()
                self.value(element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (name, member) in members.sorted(by: { $0.key < $1.key }) { field(name, member) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// A comma, unless something was just opened. A string's last byte is always a quote, so this cannot misread one.
    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): return
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): raw("\\n")
            case UInt8(ascii: "\r"): raw("\\r")
            case UInt8(ascii: "\t"): raw("\\t")
            case 0..<0x20:
                raw("\\u00")
                bytes.append(Hexadecimal.digit(byte >> 4))
                bytes.append(Hexadecimal.digit(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
