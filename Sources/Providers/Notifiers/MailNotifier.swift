public import Alerts
public import FoundationEssentials
public import HTTPTransport

/// Mail to the operators. A notice's mail has the same Message-ID each time, so that a copy can be recognised, and all mails of one
/// episode show as one conversation by their subject.
public struct MailNotifier: Notifier {
    public let channel = AlertChannel.email
    private let server: SMTPServer
    private let from: String
    private let to: [String]
    private let http: HTTPClient
    private let now: @Sendable () -> Date

    public init(
        server: SMTPServer, from: String, to: [String], http: HTTPClient,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.server = server
        self.from = from
        self.to = to
        self.http = http
        self.now = now
    }

    public func send(_ notice: AlertNotice, isRepeated: Bool) async -> SendOutcome {
        do throws(HTTPError) {
            try await http.sendMail(Self.mail(notice, from: from, to: to, now: now()), through: server)
            return .delivered
        } catch {
            if case .smtp(let code) = error.kind {
                // What a server says of our log-in says nothing of the mail: it can be sent when that is corrected.
                let isLogIn = [530, 534, 535, 538].contains(code)
                return (500..<600).contains(code) && !isLogIn
                    ? .refused(problem: "smtp_\(code)") : .later(nil, problem: "smtp_\(code)")
            }
            return WebAnswer.delivery(error)
        }
    }

    static func mail(_ notice: AlertNotice, from: String, to: [String], now: Date) -> MailMessage {
        let text = NoticeText(notice: notice, now: now)
        return MailMessage(
            from: from, to: to, subject: "[repazoo] \(text.headline)".limited(to: 200), text: plain(text),
            html: html(text),
            messageID:
                "\(notice.alertID).\(notice.episode).\(notice.kind.rawValue).\(notice.number)@\(domain(of: from))",
            date: now)
    }

    private static func plain(_ text: NoticeText) -> String {
        var lines = [text.headline, ""]
        lines += text.facts.map { "\($0.name): \($0.value)" }
        if let advice = text.advice { lines += ["", "What to do: " + advice] }
        if text.notice.kind != .resolved {
            lines += ["", "repazoo alerts ack \(text.notice.alertID.prefix(8))", "repazoo alerts list"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func html(_ text: NoticeText) -> String {
        let rows = text.facts.map {
            "<tr><td style=\"padding-right:1em;color:#555\">\(escaped($0.name))</td><td>\(escaped($0.value))</td></tr>"
        }
        let advice = text.advice.map { "<p><b>What to do:</b> \(escaped($0))</p>" } ?? ""
        return """
            <html><body style="font-family:sans-serif">
            <h3 style="color:\(color(text.notice))">\(escaped(text.headline))</h3>
            <table>\(rows.joined(separator: "\n"))</table>
            \(advice)
            </body></html>
            """
    }

    private static func color(_ notice: AlertNotice) -> String {
        switch notice.kind {
        case .resolved, .acknowledged: "#2a7d2a"
        default: notice.severity == .warning ? "#a06000" : "#b00020"
        }
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&quot;")
    }

    /// What stands behind the last `@`, for the Message-ID.
    private static func domain(of address: String) -> String {
        let part = address.split(separator: "@").last.map { $0.prefix { $0 != ">" } } ?? ""
        return part.isEmpty ? "repazoo.invalid" : String(part)
    }
}
