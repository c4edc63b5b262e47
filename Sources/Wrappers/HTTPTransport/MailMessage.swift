public import FoundationEssentials

/// One mail: text, optionally the same as HTML.
///
/// Nothing in it can add a header, a recipient or an SMTP command: a line break in an address, the subject or the message id
/// is refused with `.invalidRequest` before anything is sent, and bodies are encoded.
public struct MailMessage: Sendable {
    /// `name@host` or `Shown Name <name@host>`; the address in ASCII.
    public var from: String
    /// At least one, at most 100 (RFC 5321 §4.5.3.1.8).
    public var to: [String]
    public var subject: String
    public var text: String
    public var html: String?
    /// `unique@host`, without angle brackets or with; the same id on a repeated send lets receivers drop the copy.
    public var messageID: String
    public var date: Date

    public init(
        from: String, to: [String], subject: String, text: String, html: String? = nil, messageID: String, date: Date
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.messageID = messageID
        self.date = date
    }

    struct Rendered {
        let sender: String
        let recipients: [String]
        let bytes: [UInt8]
    }

    /// RFC 5322 text with CRLF line ends, and the envelope. Dots at line starts are doubled later, by libcurl.
    func rendered() throws(HTTPError) -> Rendered {
        let sender = try MailAddress(from)
        guard (1...100).contains(to.count) else {
            throw HTTPError(.invalidRequest, reason: "a mail needs 1 to 100 recipients")
        }
        var recipients: [MailAddress] = []
        for recipient in to { recipients.append(try MailAddress(recipient)) }
        let title = try MailText.oneLine(subject, what: "the subject")
        let head = [
            "Date: \(UTCTime(date).mailDate)",
            "From: \(sender.field)",
            "To: \(recipients.map(\.field).joined(separator: ",\r\n "))",
            "Subject: \(MailText.headerText(title))",
            "Message-ID: <\(try checkedMessageID())>",
            "MIME-Version: 1.0",
        ]
        let bytes = Array((head.joined(separator: "\r\n") + "\r\n").utf8) + content()
        return Rendered(sender: sender.address, recipients: recipients.map(\.address), bytes: bytes)
    }

    private func content() -> [UInt8] {
        guard let html else { return part("text/plain", text) }
        // Quoted-printable writes "=" as "=3D": this boundary cannot occur in a part.
        let boundary = "=_repazoo_alternative_="
        var bytes = Array("Content-Type: multipart/alternative; boundary=\"\(boundary)\"\r\n\r\n".utf8)
        for (type, content) in [("text/plain", text), ("text/html", html)] {
            bytes += Array("--\(boundary)\r\n".utf8) + part(type, content)
        }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }

    private func part(_ type: String, _ content: String) -> [UInt8] {
        let head = "Content-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        return Array(head.utf8) + MailText.quotedPrintable(content)
    }

    private func checkedMessageID() throws(HTTPError) -> String {
        var id = Array(messageID.utf8)
        if id.first == UInt8(ascii: "<"), id.last == UInt8(ascii: ">") { id = Array(id.dropFirst().dropLast()) }
        let isPlain = id.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        guard isPlain, id.count <= 250,
            id.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).count == 2
        else { throw HTTPError(.invalidRequest, reason: "the message id must be unique@host in plain ASCII") }
        return String(decoding: id, as: UTF8.self)
    }
}

extension MailMessage: CustomStringConvertible, CustomReflectable {
    /// Addresses and text are personal data.
    public var description: String { "mail to \(to.count) recipients" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension MailMessage {
    /// Throws what sending from and to these addresses would, before there is a mail.
    public static func check(from: String, to: [String]) throws(HTTPError) {
        _ = try MailMessage(
            from: from, to: to, subject: "", text: "", messageID: "check@localhost",
            date: Date(timeIntervalSince1970: 0)
        ).rendered()
    }
}
