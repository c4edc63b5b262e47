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

    /// What the last three letters of a name let it be.
    struct Possibility: OptionSet {
        let rawValue: UInt8
        /// One of the list.
        static let name = Possibility(rawValue: 1)
        /// One of the list with a word behind it that tells several of it apart.
        static let variant = Possibility(rawValue: 2)
    }

    /// By the hash of a name's last three letters what it may be, so that most names are passed over by one look.
    /// `@unchecked Sendable`: nothing is written once `init` is over, and the memory, being static, is never freed.
    struct Tails: @unchecked Sendable {
        private let endings: UnsafeMutablePointer<UInt8>

        fileprivate init(_ names: [Ending], _ variants: String) {
            endings = .allocate(capacity: 256)
            endings.initialize(repeating: 0, count: 256)
            for name in names {
                mark(UnsafeBufferPointer(start: name.word.utf8Start, count: name.word.utf8CodeUnitCount), .name)
            }
            for word in variants.utf8.split(separator: 0x20) {
                Array(word).withUnsafeBufferPointer { mark($0, .variant) }
            }
        }

        private func mark(_ word: UnsafeBufferPointer<UInt8>, _ ending: Possibility) {
            endings[Self.slot(word, before: word.count)] |= ending.rawValue
        }

        /// What a name that ends at `end` may be.
        @inline(__always)
        func ending(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Possibility {
            let last = text[end - 1]
            if last.isLetter || last >= 0x80 { return Possibility(rawValue: endings[Self.slot(text, before: end)]) }
            guard last.isDigit, end > 3 else { return [] }
            // Neither a time nor a long number.
            let mayBeCount =
                text[end - 2].isWord && text[end - 3].isWord && text[end - 4].isWord && !text[end - 4].isDigit
            return mayBeCount ? .variant : []
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
    static let tails = Tails(secrets + owners + [Ending("uid", .id)], variants)

    private static let variants =
        "prod production dev development test testing staging live sandbox local old new next previous prev backup main primary secondary master default secure value val raw plain hex enc encrypted hash hashed"
    private static let variantWords = WordTable([(1, variants)])

    /// Where a name that ends at `end` ends without what tells several of it apart: `DB_PASSWORD_PROD`, `token_v2`, `secretKey2`.
    static func stem(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int? {
        var start = end
        while start > 0, end - start < 12, text[start - 1].isLetter { start -= 1 }
        guard start < end else { return countedStem(text, before: end) }
        guard start > 0, text[start - 1].isOne(of: "_-."),
            variantWords(UnsafeBufferPointer(rebasing: text[start..<end])) != 0
        else { return nil }
        return start - 1
    }

    /// `_2`, `_v2`, `2` behind a word that is long enough to be meant.
    private static func countedStem(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int? {
        var digits = end
        while digits > 0, end - digits < 3, text[digits - 1].isDigit { digits -= 1 }
        guard digits > 0, digits < end else { return nil }
        let word = text[digits - 1] | 0x20 == 0x76 ? digits - 1 : digits
        if word > 0, text[word - 1].isOne(of: "_-.") { return word - 1 }
        return digits >= 5 && text[(digits - 5)..<digits].allSatisfy { $0.isLetter } ? digits : nil
    }

    /// The kind of secret that a value of this name is.
    static func secret(_ name: UnsafeBufferPointer<UInt8>) -> PersonalKind? {
        guard !name.isEmpty, tails.ending(name, before: name.count).contains(.name) else { return nil }
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
            if let end = stem(bytes, before: bytes.count),
                let kind = secret(UnsafeBufferPointer(rebasing: bytes[..<end]))
            {
                return kind
            }
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
