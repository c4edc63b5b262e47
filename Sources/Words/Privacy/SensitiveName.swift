/// Names whose values are secret or personal whatever they look like.
enum SensitiveName {
    private static let passwords = names("password passwd pwd passphrase secret")
    private static let tokens = names(
        """
        token authorization api_key apikey cookie private_key encryption_key signing_key access_key access_key_id \
        routing_key credential credentials id_token webhook_url
        """)
    private static let personal: [(suffix: [UInt8], kind: PersonalKind)] =
        names("email e_mail email_address").map { ($0, .email) }
        + names("phone phone_number mobile telephone").map { ($0, .phone) }
        + names("ip_address remote_addr client_ip").map { ($0, .ip) }
        + names("iban").map { ($0, .iban) } + names("card_number pan").map { ($0, .card) }

    /// The kind of secret that a value of this name is. Case, `-`, `_` and a prefix (`client_secret`) do not matter.
    static func secret(in name: some Collection<UInt8>) -> PersonalKind? {
        guard let last = name.reversedFirst, last.isLetter else { return nil }
        let folded = fold(name)
        if passwords.contains(where: { folded.hasTail($0) }) { return .password }
        return tokens.contains { folded.hasTail($0) } ? .token : nil
    }

    /// Like `secret(in:)`, with the names of personal things. `user_id` is `.id`.
    static func kind(of name: String) -> PersonalKind? {
        if let kind = secret(in: Array(name.utf8)) { return kind }
        let folded = fold(name.utf8)
        if folded == userID || folded == userIDCompact { return .id }
        return personal.first { folded == $0.suffix || folded.hasTail([0x5F] + $0.suffix) }?.kind
    }

    private static let userID = Array("user_id".utf8)
    private static let userIDCompact = Array("userid".utf8)

    private static func fold(_ name: some Collection<UInt8>) -> [UInt8] {
        name.map { $0 == 0x2D || $0 == 0x2E || $0 == 0x20 ? 0x5F : $0.lowered }
    }

    private static func names(_ list: String) -> [[UInt8]] { list.split(separator: " ").map { Array($0.utf8) } }
}

extension Collection where Element == UInt8 {
    fileprivate var reversedFirst: UInt8? { isEmpty ? nil : self[index(startIndex, offsetBy: count - 1)] }
}

extension [UInt8] {
    fileprivate func hasTail(_ tail: [UInt8]) -> Bool { count >= tail.count && suffix(tail.count).elementsEqual(tail) }
}
