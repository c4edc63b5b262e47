/// Names whose values are secret or personal whatever they look like. Case, `-`, `_`, `.`, blanks and what stands before
/// (`client_secret`, `dbPassword`) do not matter.
enum SensitiveName {
    fileprivate struct Ending {
        let word: StaticString
        let kind: PersonalKind
        /// Whether a word must begin here: `pass` is the end of `bypass` too.
        let isWhole: Bool

        init(_ word: StaticString, _ kind: PersonalKind, isWhole: Bool = false) {
            self.word = word
            self.kind = kind
            self.isWhole = isWhole
        }
    }

    /// Written without separators.
    private static let secrets: [Ending] = [
        Ending("password", .password), Ending("passwd", .password), Ending("passphrase", .password),
        Ending("secret", .password),
        Ending("pwd", .password, isWhole: true), Ending("pass", .password, isWhole: true),
        Ending("passcode", .password),
        Ending("pw", .password, isWhole: true), Ending("secretkeybase", .password),
        Ending("kennwort", .password), Ending("passwort", .password), Ending("contraseña", .password),
        Ending("пароль", .password),
        Ending("token", .token), Ending("authorization", .token), Ending("apikey", .token), Ending("cookie", .token),
        Ending("privatekey", .token), Ending("encryptionkey", .token), Ending("signingkey", .token),
        Ending("accesskey", .token),
        Ending("secretkey", .token), Ending("accesskeyid", .token), Ending("secretaccesskey", .token),
        Ending("routingkey", .token),
        Ending("credential", .token), Ending("credentials", .token), Ending("webhookurl", .token),
        Ending("sessionid", .token),
        Ending("consumerkey", .token), Ending("authkey", .token), Ending("accountkey", .token),
        Ending("sharedkey", .token),
        Ending("signature", .token), Ending("jwt", .token, isWhole: true), Ending("otp", .token, isWhole: true),
        Ending("xauth", .token, isWhole: true), Ending("clientkey", .token), Ending("masterkey", .token),
        Ending("authcode", .token), Ending("csrf", .token, isWhole: true), Ending("sid", .token, isWhole: true),
        Ending("codeverifier", .token), Ending("clientassertion", .token), Ending("sessionkey", .token),
    ]

    private static let personal: [Ending] = [
        Ending("email", .email, isWhole: true), Ending("emailaddress", .email, isWhole: true),
        Ending("mail", .email, isWhole: true),
        Ending("phone", .phone, isWhole: true), Ending("phonenumber", .phone, isWhole: true),
        Ending("mobile", .phone, isWhole: true),
        Ending("telephone", .phone, isWhole: true), Ending("mobilenumber", .phone, isWhole: true),
        Ending("msisdn", .phone, isWhole: true), Ending("tel", .phone, isWhole: true),
        Ending("ipaddress", .ip, isWhole: true), Ending("remoteaddr", .ip, isWhole: true),
        Ending("clientip", .ip, isWhole: true),
        Ending("remoteip", .ip, isWhole: true), Ending("iban", .iban, isWhole: true),
        Ending("cardnumber", .card, isWhole: true),
        Ending("creditcard", .card, isWhole: true), Ending("pan", .card, isWhole: true),
    ]

    private static let owners: [Ending] = [
        Ending("userid", .id, isWhole: true), Ending("ownerid", .id, isWhole: true),
        Ending("authorid", .id, isWhole: true),
    ]

    /// One bit for each of the hashes of the names' last three letters, so that most names are passed over by one look.
    /// `@unchecked Sendable`: nothing is written once `init` is over, and the memory, being static, is never freed.
    struct Tails: @unchecked Sendable {
        private let bits: UnsafeMutablePointer<UInt64>

        fileprivate init(_ endings: [Ending]) {
            bits = .allocate(capacity: 4)
            bits.initialize(repeating: 0, count: 4)
            for ending in endings {
                let slot = ending.word.withUTF8Buffer { Self.slot($0, before: $0.count) }
                bits[slot >> 6] |= 1 << UInt64(slot & 63)
            }
        }

        /// Whether a name that ends at `end` may be in the list.
        @inline(__always)
        func mayEnd(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Bool {
            let slot = Self.slot(text, before: end)
            return bits[slot >> 6] >> UInt64(slot & 63) & 1 == 1
        }

        /// A hash of the last three bytes that are no separators.
        @inline(__always)
        private static func slot(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
            if end >= 3, text[end - 1].isLetter, text[end - 2].isLetter, text[end - 3].isLetter {
                let (last, middle, first) = (UInt32(text[end - 1]), UInt32(text[end - 2]), UInt32(text[end - 3]))
                return Int(((last << 16 | middle << 8 | first | 0x20_2020) &* 0x9E37_79B1) >> 24)
            }
            var (key, left, index): (UInt32, Int, Int) = (0, 3, end)
            while left > 0, index > 0 {
                index -= 1
                let byte = text[index]
                if byte == 0x2D || byte == 0x5F || byte == 0x2E || byte == 0x20 { continue }
                key = key << 8 | UInt32(byte.lowered)
                left -= 1
            }
            return Int((key &* 0x9E37_79B1) >> 24)
        }
    }

    /// Of secrets and of the ids of users.
    static let tails = Tails(secrets + owners + [Ending("uid", .id)])

    /// Whether a sensitive name can end with `byte`: with a letter, or with a scalar beyond ASCII.
    static func mayEnd(with byte: UInt8) -> Bool { byte >= 0x80 || byte.isLetter }

    /// The kind of secret that a value of this name is.
    static func secret(_ name: UnsafeBufferPointer<UInt8>) -> PersonalKind? {
        guard let last = name.last, mayEnd(with: last), tails.mayEnd(name, before: name.count) else { return nil }
        for ending in secrets where ends(name, with: ending) { return ending.kind }
        return nil
    }

    static func isUserID(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let last = name.last, last | 0x20 == 0x64 else { return false }
        return owners.contains { ends(name, with: $0) } || name.count == 3 && ends(name, with: Ending("uid", .id))
    }

    /// Like `secret`, with the names of personal things.
    static func kind(of name: String) -> PersonalKind? {
        var name = name
        return name.withUTF8 { bytes in
            if let kind = secret(bytes) { return kind }
            if isUserID(bytes) { return .id }
            return personal.first { ends(bytes, with: $0) }?.kind
        }
    }

    /// Compares from the end, passing over separators in the name.
    private static func ends(_ name: UnsafeBufferPointer<UInt8>, with ending: Ending) -> Bool {
        var index = name.count
        var left = ending.word.utf8CodeUnitCount
        while left > 0 {
            guard index > 0 else { return false }
            index -= 1
            let byte = name[index]
            if byte == 0x2D || byte == 0x5F || byte == 0x2E || byte == 0x20 { continue }
            left -= 1
            if byte.lowered != ending.word.utf8Start[left] { return false }
        }
        if !ending.isWhole || index == 0 { return true }
        // A word begins at a separator, at a capital, or behind a digit.
        return !name[index - 1].isLetter || (name[index].isUpper && name[index - 1].isLower)
    }
}
