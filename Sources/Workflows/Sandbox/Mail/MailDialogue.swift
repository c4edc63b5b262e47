/// One SMTP session as its server sees it (RFC 5321), without I/O: lines go in, replies come out.
struct MailDialogue {
    struct Mail: Sendable {
        var from = ""
        var to: [String] = []
        /// As it came, dots undoubled, lines ended by CRLF.
        var data: [UInt8] = []
    }

    enum Reply: Equatable {
        case line(String)
        /// The mail is whole: to be taken, or refused, by whoever asks.
        case mail
        case bye(String)
        /// Nothing to say yet.
        case none
    }

    static let greeting = "220 sandbox ESMTP"
    static let maximumLine = 16 * 1024
    private static let maximumMail = 1 << 20

    private(set) var mail = Mail()
    private var isInData = false
    private var isTooLong = false

    /// - Parameter line: Without its CRLF.
    mutating func take(_ line: [UInt8]) -> Reply {
        if isInData { return takeData(line) }
        let text = String(decoding: line, as: UTF8.self)
        let verb = text.prefix { $0 != " " }.uppercased()
        switch verb {
        case "EHLO": return .line("250-sandbox\r\n250-8BITMIME\r\n250 SIZE \(Self.maximumMail)")
        case "HELO": return .line("250 sandbox")
        case "NOOP": return .line("250 OK")
        case "RSET":
            mail = Mail()
            return .line("250 OK")
        case "QUIT": return .bye("221 Bye")
        case "MAIL":
            guard let address = Self.address(text) else { return .line("501 Syntax: MAIL FROM:<address>") }
            mail = Mail(from: address)
            return .line("250 OK")
        case "RCPT":
            guard !mail.from.isEmpty else { return .line("503 MAIL first") }
            guard let address = Self.address(text) else { return .line("501 Syntax: RCPT TO:<address>") }
            guard mail.to.count < 100 else { return .line("452 Too many recipients") }
            mail.to.append(address)
            return .line("250 OK")
        case "DATA":
            guard !mail.to.isEmpty else { return .line("503 RCPT first") }
            isInData = true
            return .line("354 End data with <CR><LF>.<CR><LF>")
        default: return .line("502 Command not implemented")
        }
    }

    /// The mail was taken or refused: the next may begin.
    mutating func finish() { mail = Mail() }

    private mutating func takeData(_ line: [UInt8]) -> Reply {
        if line == [UInt8(ascii: ".")] {
            isInData = false
            defer { isTooLong = false }
            return isTooLong ? .line("552 Message is too long") : .mail
        }
        guard mail.data.count + line.count <= Self.maximumMail else {
            isTooLong = true
            return .none
        }
        mail.data += line.first == UInt8(ascii: ".") ? line.dropFirst() : line[...]
        mail.data += [0x0D, 0x0A]
        return .none
    }

    private static func address(_ text: String) -> String? {
        guard let open = text.firstIndex(of: "<"), let close = text[open...].firstIndex(of: ">") else { return nil }
        let address = text[text.index(after: open)..<close]
        return address.isEmpty || address.utf8.count > 320 ? nil : String(address)
    }
}
