/// Passwords and keys inside of URLs, for text that stays in the house: the host stays readable.
extension Detector {
    /// `scheme://user:password@host`: the password goes.
    mutating func userInfo(at colon: Int) -> Bool {
        guard byte(colon - 1).isAlphanumeric else { return false }
        let authority = colon + 3
        if authority >= addressDone {
            (lastSign, addressDone) = (0, authority)
            while addressDone < text.count, text[addressDone] > 0x20, !text[addressDone].isOne(of: "\"'<>`") {
                if text[addressDone] == 0x40 { lastSign = addressDone }
                addressDone += 1
            }
        }
        let sign = lastSign
        guard sign > authority, let divider = text[authority..<sign].firstIndex(of: 0x3A), divider + 1 < sign
        else { return false }
        if let slash = text[authority..<sign].firstIndex(where: { $0.isOne(of: "/?#") }) {
            // An `@` in a path or a query: a port, or no colon, before the slash means that there is no password here.
            let port = divider < slash ? text[(divider + 1)..<slash] : text[slash..<slash]
            if port.allSatisfy({ $0.isDigit }) { return false }
        }
        found(.password, (divider + 1)..<sign)
        done = sign + 1
        return true
    }

    /// Addresses that let everybody in who knows them.
    mutating func webhook(at colon: Int) -> Bool {
        guard byte(colon + 3).isOne(of: "hdaoHDAO") else { return false }
        for open in Self.webhooks where reads(open, at: colon + 3) {
            let start = colon + 3 + open.utf8CodeUnitCount
            let end = end(from: start) { $0.isKeySign || $0 == 0x2F || $0 == 0x3A || $0 == 0x2E }
            guard end - start >= 8 else { continue }
            found(.token, start..<end)
            return true
        }
        return false
    }

    private static let webhooks: [StaticString] = [
        "hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/",
        "discord.com/api/webhooks/",
        "discordapp.com/api/webhooks/", "api.telegram.org/bot", "outlook.office.com/webhook/",
    ]
}
