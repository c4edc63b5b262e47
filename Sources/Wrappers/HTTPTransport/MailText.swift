/// Text in forms that mail can carry.
enum MailText {
    /// Refuses what would end a header's line and begin another header.
    static func oneLine(_ text: String, what: String) throws(HTTPError) -> String {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }) else {
            throw HTTPError(.invalidRequest, reason: "\(what) of a mail must be one line without control characters")
        }
        return text
    }

    /// RFC 2047 words of UTF-8 in base64, each at most 75 characters, none splitting a character, folded one a line.
    static func encodedWords(_ text: String) -> String {
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > 45 { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?UTF-8?B?\(base64($0))?=" }.joined(separator: "\r\n ")
    }

    /// Short plain ASCII stays readable; anything else becomes encoded words.
    static func headerText(_ text: String) -> String {
        let isPlain =
            text.utf8.count <= 66 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        return isPlain ? text : encodedWords(text)
    }

    /// Quoted-printable (RFC 2045 §6.7): any text, lines of at most 76 characters, CRLF between them.
    static func quotedPrintable(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        for line in lines(of: text) {
            var width = 0
            for (index, byte) in line.enumerated() {
                let isLast = index == line.count - 1
                let isBlank = byte == 0x20 || byte == 0x09
                let isLiteral = (isBlank && !isLast) || ((0x21...0x7E).contains(byte) && byte != UInt8(ascii: "="))
                let piece = isLiteral ? [byte] : [UInt8(ascii: "="), hex(byte >> 4), hex(byte & 15)]
                if width + piece.count > 75 {
                    output += [UInt8(ascii: "="), 0x0D, 0x0A]
                    width = 0
                }
                output += piece
                width += piece.count
            }
            output += [0x0D, 0x0A]
        }
        return output
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                output.append(isPadding ? UInt8(ascii: "=") : alphabet[(bits >> (18 - 6 * place)) & 63])
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Lines by CRLF, LF or CR; a last line end adds no empty line.
    private static func lines(of text: String) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { lines.append([]) }
            if byte != 0x0D, byte != 0x0A { lines[lines.count - 1].append(byte) }
            previous = byte
        }
        if lines.last == [] { lines.removeLast() }
        return lines
    }

    private static func hex(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }
}
