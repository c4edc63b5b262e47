import FoundationEssentials
import HTTPTransport
import Testing

extension TransportSuite {
    @Suite struct SMTPTests {
        let client = HTTPClient()

        static func mail(
            from: String = "Repazoo Alerts <alerts@example.org>", to: [String] = ["ops@example.org"],
            subject: String = "plain", text: String = "text", html: String? = nil, id: String = "one@example.org"
        ) -> MailMessage {
            MailMessage(
                from: from, to: to, subject: subject, text: text, html: html, messageID: id,
                date: Date(timeIntervalSince1970: 1_369_353_600))
        }

        /// Debian's aiosmtpd with a mail folder: what it wrote is what a receiver would get.
        private func withMailServer(
            _ options: [String] = [], _ body: (_ port: UInt16, _ received: () throws -> [String]) async throws -> Void
        ) async throws {
            try await withScratchFolder { folder in
                let port = try freePort()
                let server = try ChildProcess(
                    [
                        "/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", "127.0.0.1:\(port)", "-c",
                        "aiosmtpd.handlers.Mailbox",
                    ]
                        + options + ["\(folder)/mail"])
                defer { server.kill() }
                try await eventually("aiosmtpd listens", within: .seconds(10)) { isListening(port) }
                try await body(port) {
                    try FileManager.default.contentsOfDirectory(atPath: "\(folder)/mail/new").map {
                        String(decoding: try fileBytes("\(folder)/mail/new/\($0)"), as: UTF8.self)
                    }
                }
                server.kill()
                _ = try await server.finish()
            }
        }

        @Test func delivers() async throws {
            try await withMailServer { port, received in
                let server = try SMTPServer(url: "smtp://127.0.0.1:\(port)")
                let text =
                    ".\n..two dots\n.one dot\nGrüße, 世界 🎉 = 100 %\n" + String(repeating: "long ", count: 300) + "end \n"
                try await client.sendMail(
                    Self.mail(
                        to: ["ops@example.org", "Zoë <zoe@example.org>"],
                        subject: "Alarm: Überlauf im Speicher — 世界世界世界世界世界世界世界世界世界世界", text: text),
                    through: server)
                let mail = try #require(try received().first)
                let (head, body) = split(mail)
                #expect(head.contains("Date: Fri, 24 May 2013 00:00:00 +0000"))
                #expect(head.contains("X-RcptTo: ops@example.org, zoe@example.org"))
                #expect(head.contains("X-MailFrom: alerts@example.org"))
                #expect(head.contains("Message-ID: <one@example.org>"))
                #expect(head.contains("Subject: =?UTF-8?B?"))
                #expect(!head.contains("Überlauf") && mail.utf8.allSatisfy { $0 < 0x80 })
                #expect(unquoted(body) == text)
                #expect(body.split(separator: "\n").allSatisfy { $0.utf8.count <= 76 })
                // Python's own mail reader undoes the encodings the same way.
                #expect(try await readByPython(mail) == "Alarm: Überlauf im Speicher — 世界世界世界世界世界世界世界世界世界世界|\(text)")
            }
        }

        @Test func reusesTheConnectionAndSendsHTML() async throws {
            try await withMailServer { port, received in
                let server = try SMTPServer(url: "smtp://127.0.0.1:\(port)?starttls=off")
                for index in 0..<3 {
                    try await client.sendMail(
                        Self.mail(subject: "mail \(index)", html: "<p>hé</p>", id: "\(index)@example.org"),
                        through: server)
                }
                let mails = try received()
                #expect(mails.count == 3)
                #expect(
                    Set(mails.compactMap { $0.split(separator: "\n").first { $0.hasPrefix("Subject: ") } }).count == 3)
                #expect(mails.allSatisfy { $0.contains("multipart/alternative") && $0.contains("<p>h=C3=A9</p>") })
            }
        }

        @Test func aMailOverTheServersLimitIsRefusedForGood() async throws {
            try await withMailServer(["-s", "1000"]) { port, received in
                let server = try SMTPServer(url: "smtp://127.0.0.1:\(port)")
                let mail = Self.mail(text: String(repeating: "line\n", count: 1000))
                let error = try #require(
                    await failure { () throws(HTTPError) in try await client.sendMail(mail, through: server) })
                #expect(error.kind == .smtp(code: 552) && !error.isRetryable && !error.mayHaveBeenProcessed)
                #expect(try received().isEmpty)
            }
        }

        @Test(arguments: [
            mail(from: "a@example.org>\r\nRCPT TO:<evil@example.org"), mail(from: "a\r\nBcc: x@y <a@example.org>"),
            mail(from: "a"), mail(from: "a@b@c"), mail(from: "@b"), mail(from: "ä@example.org"), mail(from: ""),
            mail(to: []), mail(to: ["a@example.org\r\nDATA"]), mail(to: ["a@example.org, b@example.org"]),
            mail(to: ["a b@example.org"]), mail(to: ["x <a@example.org> y"]),
            mail(subject: "a\r\nBcc: evil@example.org"),
            mail(subject: "a\nb"), mail(subject: "a\0b"), mail(subject: "a\u{85}b"), mail(id: "a"),
            mail(id: "a@b>\r\nX: y"), mail(id: "a b@c"),
        ])
        func refusesInjectionBeforeSending(mail: MailMessage) async throws {
            try await withServer(echo) { server in
                let smtp = try SMTPServer(url: "smtp://127.0.0.1:\(server.port)")
                let error = await failure { () throws(HTTPError) in try await client.sendMail(mail, through: smtp) }
                #expect(error?.kind == .invalidRequest)
                #expect(server.accepted == 0)
            }
        }

        @Test(arguments: [
            ("RCPT", "550 no such user", 550, false), ("RCPT", "451 try later", 451, true),
            ("MAIL", "553 not you", 553, false), (".", "554 looks like spam", 554, false),
            (".", "452 disk full", 452, true), ("AUTH", "535 wrong password", 535, false),
        ])
        func theServersRefusal(verb: String, reply: String, code: Int, isRetryable: Bool) async throws {
            try await withServer { connection, server in
                playSMTP(connection, server, refusing: verb, with: reply)
            } _: { server in
                let smtp = try SMTPServer(url: "smtp://user:p%40ss@127.0.0.1:\(server.port)?starttls=off")
                let error = try #require(
                    await failure { () throws(HTTPError) in try await client.sendMail(Self.mail(), through: smtp) })
                #expect(error.kind == .smtp(code: code) && error.isRetryable == isRetryable, "\(error)")
                #expect(!error.mayHaveBeenProcessed && !"\(error)".contains("ops@"))
            }
        }

        @Test func signsInAndSends() async throws {
            try await withServer { connection, server in
                playSMTP(connection, server)
            } _: { server in
                let smtp = try SMTPServer(url: "smtp://user:p%40ss@127.0.0.1:\(server.port)?starttls=off")
                try await client.sendMail(Self.mail(), through: smtp)
                // base64 of NUL user NUL p@ss
                #expect(server.notes.contains("AHVzZXIAcEBzcw=="))
                #expect(server.notes.contains("MAIL FROM:<alerts@example.org>"))
            }
        }

        @Test func theConnectionLostAfterTheLastByte() async throws {
            try await withServer { connection, server in
                playSMTP(connection, server, refusing: ".", with: "")
            } _: { server in
                let smtp = try SMTPServer(url: "smtp://127.0.0.1:\(server.port)?starttls=off")
                let error = await failure { () throws(HTTPError) in
                    try await client.sendMail(Self.mail(), through: smtp)
                }
                #expect(
                    error?.kind == .receiveFailed && error?.mayHaveBeenProcessed == true, "\(String(describing: error))"
                )
            }
        }

        @Test func noTLSWhereItIsRequired() async throws {
            try await withServer { connection, server in
                playSMTP(connection, server)
            } _: { server in
                let smtp = try SMTPServer(url: "smtp://127.0.0.1:\(server.port)?starttls=required")
                let error = await failure { () throws(HTTPError) in
                    try await client.sendMail(Self.mail(), through: smtp)
                }
                #expect(error?.kind == .tls)
                #expect(!server.notes.contains { $0.hasPrefix("MAIL") })
            }
            let open = try SMTPServer(url: "smtp://user:hush@mail.example.org?starttls=off")
            let error = await failure { () throws(HTTPError) in try await client.sendMail(Self.mail(), through: open) }
            #expect(error?.kind == .invalidRequest && error?.description.contains("hush") == false)
        }

        @Test(arguments: ["http://a", "smtp://", "smtp://a/path", "smtp://a?starttls=perhaps", "smtp://a\r\nb", "a"])
        func refusesTheURL(url: String) {
            #expect(throws: HTTPError.self) { try SMTPServer(url: url) }
        }

        @Test func serverAndMailHideWhatTheyCarry() throws {
            var text = ""
            let server = try SMTPServer(url: "smtps://hush:hush@mail.example.org")
            dump(server, to: &text)
            dump(Self.mail(to: ["hush@example.org"], text: "hush"), to: &text)
            #expect(!("\(text)\(server)\(Self.mail(text: "hush"))").contains("hush"))
        }

        private func split(_ mail: String) -> (String, String) {
            let lines = mail.split(separator: "\n", omittingEmptySubsequences: false)
            let end = lines.firstIndex(of: "") ?? lines.endIndex
            return (lines[..<end].joined(separator: "\n"), lines[end...].dropFirst().joined(separator: "\n"))
        }

        private func unquoted(_ text: String) -> String {
            var bytes: [UInt8] = []
            var rest = Array(text.utf8)[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "=") else {
                    bytes.append(byte)
                    continue
                }
                if rest.first == 0x0A {
                    rest = rest.dropFirst()
                } else if let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                    bytes.append(value)
                    rest = rest.dropFirst(2)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        private func readByPython(_ mail: String) async throws -> String {
            try await withScratchFolder { folder in
                try mail.write(toFile: "\(folder)/mail", atomically: false, encoding: .utf8)
                let script = """
                    import email, email.policy, sys
                    m = email.message_from_binary_file(open('\(folder)/mail', 'rb'), policy=email.policy.default)
                    sys.stdout.buffer.write((m['subject'] + '|' + m.get_content()).encode())
                    """
                #expect(
                    try await ChildProcess(["/usr/bin/python3", "-c", script], log: "\(folder)/read").finish() == 0)
                return String(decoding: try fileBytes("\(folder)/read"), as: UTF8.self)
            }
        }
    }
}

/// A mail server's side of the talk; the command that begins with `verb` ("." is the end of the text) gets `reply`, and an empty
/// reply is the end of the connection.
func playSMTP(
    _ connection: ServerConnection, _ server: ScriptedServer, refusing verb: String = "none", with reply: String = ""
) {
    connection.send("220 test\r\n")
    var isText = false
    while let line = connection.readLine() {
        server.note(line)
        if isText, line != "." { continue }
        if line.hasPrefix("AUTH") {
            connection.send("334 \r\n")
            server.note(connection.readLine() ?? "")
            if verb != "AUTH" { connection.send("235 welcome\r\n") }
        }
        if line.hasPrefix(verb) {
            if reply.isEmpty { return }
            connection.send("\(reply)\r\n")
            isText = false
            continue
        }
        switch line.prefix(4) {
        case "EHLO": connection.send("250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n")
        case "DATA":
            isText = true
            connection.send("354 go on\r\n")
        case "AUTH": break
        case "QUIT": return
        default:
            isText = false
            connection.send("250 ok\r\n")
        }
    }
}
