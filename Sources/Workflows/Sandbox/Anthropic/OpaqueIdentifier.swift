/// `metadata.user_id` must be a UUID, a hash or another opaque word: no name, no address, no raw id.
enum OpaqueIdentifier {
    /// Nothing if the text is opaque.
    static func personalLook(in text: String) -> PersonalLook? {
        var rest = text
        for word in text.split(whereSeparator: { !($0.isHexDigit || $0 == "-") }) where isHash(word) {
            rest = rest.replacing(word, with: "")
        }
        if let look = PersonalLook.findings(in: rest).first { return look }
        // A short id such as user-123456 is the one of a database, not a pseudonym.
        return rest == text && text.count < 16 ? PersonalLook(kind: .id, text: text) : nil
    }

    /// Long hexadecimal words are hashes and UUIDs; their digits mean nothing.
    private static func isHash(_ word: Substring) -> Bool {
        let digits = word.filter { $0 != "-" }
        return digits.count >= 32 && digits.contains(where: \.isLetter)
    }
}
