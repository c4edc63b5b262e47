// A mail as a request, so that it is logged like any other.
extension SandboxRequest {
    init(_ mail: MailDialogue.Mail) {
        self.init(
            method: "MAIL", path: "/smtp",
            query: FormFields("from=\(Self.plain(mail.from))&to=\(mail.to.map(Self.plain).joined(separator: ","))"),
            headers: [:], body: mail.data)
    }

    /// Nothing that would end a field of a form.
    private static func plain(_ address: String) -> String {
        address.replacing("%", with: "%25").replacing("&", with: "%26").replacing("+", with: "%2B").replacing(
            "=", with: "%3D")
    }
}
