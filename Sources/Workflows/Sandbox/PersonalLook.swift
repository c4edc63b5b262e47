/// Finds what looks personal in a text. Deliberately over-eager and deliberately not the product's own detector: it
/// stands in for the outside world, and what the sanitizer lets through must meet a second, different pair of eyes.
struct PersonalLook: Equatable, Sendable {
    enum Kind: String, Sendable { case email, mention, url, phone, ip, token, id, card, iban }

    var kind: Kind
    var text: String

    /// Every finding, in order of kind, at most `limit`.
    static func findings(in text: String, limit: Int = 5) -> [PersonalLook] {
        let words = text.split { $0.isWhitespace || "\"'`<>()[]{},;|".contains($0) }.map(String.init)
        var found: [PersonalLook] = []
        for word in words {
            if let kind = kind(ofWord: word) { found.append(PersonalLook(kind: kind, text: word)) }
            if found.count >= limit { return found }
        }
        found += bearers(words)
        found += PersonalNumbers.findings(in: Array(text.utf8))
        return Array(found.prefix(limit))
    }

    private static func kind(ofWord word: String) -> Kind? {
        let lower = word.lowercased()
        if isToken(word) { return .token }
        if isLink(lower) { return .url }
        if let at = lower.firstIndex(where: { $0 == "@" || $0 == "\u{FF20}" }) {
            let before = lower[..<at].last
            let after = lower[lower.index(after: at)...]
            if let before, isNameCharacter(before), after.contains(".") { return .email }
            if let first = after.first, isNameCharacter(first) { return .mention }
        }
        return isAddress(lower) ? .ip : nil
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character == "_" || character.isLetter || character.isNumber
    }

    private static func isLink(_ word: String) -> Bool {
        if let mark = word.firstRange(of: "://"), mark.lowerBound > word.startIndex { return true }
        if word.hasPrefix("www.") || word.hasPrefix("mailto:") { return true }
        // A host with a path, such as bit.ly/x1: the part before the slash ends in a dot and 2 to 6 letters.
        guard let slash = word.firstIndex(of: "/"), word.index(after: slash) < word.endIndex else { return false }
        let host = word[..<slash]
        guard let dot = host.lastIndex(of: "."), dot > host.startIndex else { return false }
        let end = host[host.index(after: dot)...]
        return (2...6).contains(end.count) && end.allSatisfy { $0.isASCII && $0.isLetter }
    }

    private static func isToken(_ word: String) -> Bool {
        let beginnings = ["sk-ant-", "sk-", "ghp_", "xoxb-", "xoxp-", "AKIA", "gAAAAA"]
        if beginnings.contains(where: { word.hasPrefix($0) && word.count >= $0.count + 8 }) { return true }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        return word.hasPrefix("eyJ") && parts.count == 3 && parts.allSatisfy { $0.count >= 4 }  // JWT
    }

    /// `Bearer` and after it something long.
    private static func bearers(_ words: [String]) -> [PersonalLook] {
        zip(words, words.dropFirst()).compactMap { word, next in
            guard word.lowercased().hasSuffix("bearer"), next.utf8.count >= 12,
                next.contains(where: { $0.isNumber || "-_.~+/".contains($0) })
            else { return nil }
            return PersonalLook(kind: .token, text: "\(word) \(next)")
        }
    }

    /// IPv6 here; IPv4 is a matter of digits.
    private static func isAddress(_ word: String) -> Bool {
        let groups = word.split(separator: ":", omittingEmptySubsequences: false)
        guard groups.count >= 3, groups.allSatisfy({ $0.count <= 4 && $0.allSatisfy(\.isHexDigit) }) else {
            return false
        }
        let filled = groups.filter { !$0.isEmpty }.count
        return groups.count == 8 && filled == 8 || word.contains("::") && filled >= 2
    }
}
