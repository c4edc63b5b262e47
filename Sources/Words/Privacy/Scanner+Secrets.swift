/// Keys and tokens by their shape, secrets by the name before them, and user ids.
extension Scanner {
    private struct Shape {
        let prefix: StaticString
        let least: Int
        /// Whether machine text must show a digit too: names of ours can begin alike.
        let needsDigit: Bool
    }

    /// Prefixes that their makers gave their keys so that scanners know them, with the fewest characters that follow.
    private static let shapes: [Shape] = [
        Shape(prefix: "sk-ant-", least: 8, needsDigit: false), Shape(prefix: "sk-", least: 8, needsDigit: true),
        Shape(prefix: "sk_live_", least: 8, needsDigit: false), Shape(prefix: "sk_test_", least: 8, needsDigit: false),
        Shape(prefix: "AKIA", least: 8, needsDigit: false), Shape(prefix: "ASIA", least: 8, needsDigit: false),
        Shape(prefix: "ghp_", least: 8, needsDigit: false), Shape(prefix: "gho_", least: 8, needsDigit: false),
        Shape(prefix: "ghu_", least: 8, needsDigit: false), Shape(prefix: "ghs_", least: 8, needsDigit: false),
        Shape(prefix: "ghr_", least: 8, needsDigit: false), Shape(prefix: "github_pat_", least: 16, needsDigit: false),
        Shape(prefix: "glpat-", least: 16, needsDigit: false), Shape(prefix: "AIza", least: 20, needsDigit: false),
        Shape(prefix: "xox", least: 8, needsDigit: true), Shape(prefix: "ya29.", least: 16, needsDigit: false),
        Shape(prefix: "eyJ", least: 8, needsDigit: false), Shape(prefix: "gAAAAA", least: 8, needsDigit: false),
    ]

    mutating func token(at start: Int) -> Bool {
        if bearer(at: start) { return true }
        guard "sAgxye".utf8.contains(bytes[start]) else { return false }
        for shape in Self.shapes where matches(shape.prefix, at: start) {
            let body = start + shape.prefix.utf8CodeUnitCount
            var end = end(from: body) { $0.isWord || $0 == 0x2D || $0 == 0x2E || $0 == 0x3D }
            while end > body, bytes[end - 1] == 0x2E { end -= 1 }
            guard end - body >= shape.least else { continue }
            guard !shape.needsDigit || purpose == .sanitize || bytes[body..<end].contains(where: \.isDigit) else {
                continue
            }
            found(.token, start..<end)
            return true
        }
        return false
    }

    /// `Bearer …`: sixteen characters, or eight that are more than letters, so that "bearer of bad news" stays.
    private mutating func bearer(at start: Int) -> Bool {
        guard matchesIgnoringCase("bearer", at: start), byte(start + 6).isSpace else { return false }
        let body = start + 7
        let end = end(from: body) { $0.isWord || "-._~+/=".utf8.contains($0) }
        let isMoreThanLetters = bytes[body..<end].contains { !$0.isLetter }
        guard end - body >= 16 || (end - body >= 8 && isMoreThanLetters) else { return false }
        found(.token, body..<end)
        return true
    }

    /// `password=…`, `"token": "…"`, `Authorization: Bearer …`, `Cookie: …`: the value goes, the name stays.
    mutating func namedSecret(at start: Int) -> Bool {
        let nameEnd = end(from: start, limit: 64) { $0.isWord || $0 == 0x2D }
        var index = end(from: nameEnd, limit: 4) { $0.isQuote || $0 == 0x5C || $0 == 0x20 || $0 == 0x5D }
        guard byte(index) == 0x3D || byte(index) == 0x3A, byte(index + 1) != 0x2F else { return false }
        guard let kind = SensitiveName.secret(in: bytes[start..<nameEnd]) else { return false }
        // A marker is no name: redacting again must change nothing.
        if byte(start - 1) == 0x5B, matches("TOKEN]", at: start) || matches("PASSWORD]", at: start) { return false }
        index = end(from: index + 1, limit: 4) { $0 == 0x20 || $0 == 0x5C }
        let quote: UInt8? = byte(index).isQuote ? byte(index) : nil
        if quote != nil { index += 1 }
        guard let end = valueEnd(from: index, quote: quote, name: start..<nameEnd) else { return false }
        found(kind, index..<end)
        return true
    }

    private func valueEnd(from start: Int, quote: UInt8?, name: Range<Int>) -> Int? {
        var end: Int
        if let quote {
            end = self.end(from: start) { $0 != quote && $0 != 0x0A }
            while end > start, bytes[end - 1] == 0x5C { end -= 1 }
        } else if matchesIgnoringCase("cookie", at: name.upperBound - 6) {
            end = self.end(from: start) { $0 != 0x0A && $0 != 0x0D }
        } else {
            end = self.end(from: start) { !$0.isSpace && !$0.isQuote && $0 != 0x26 }
            if Self.schemes.contains(where: {
                matchesIgnoringCase($0, at: start) && end - start == $0.utf8CodeUnitCount
            }) {
                end = self.end(from: end + 1) { !$0.isSpace && !$0.isQuote && $0 != 0x26 }
            }
            while end > start, ",;)}".utf8.contains(bytes[end - 1]) { end -= 1 }
        }
        let isEmpty =
            end <= start
            || Self.nothings.contains { matchesIgnoringCase($0, at: start) && end - start == $0.utf8CodeUnitCount }
        return isEmpty ? nil : min(end, bytes.count)
    }

    private static let schemes: [StaticString] = ["bearer", "basic", "digest", "token"]
    private static let nothings: [StaticString] = ["null", "nil", "none", "true", "false"]

    /// `user-123456`. The number must begin with a digit, so that `user-agent` stays.
    mutating func userID(at start: Int) -> Bool {
        guard matchesIgnoringCase("user", at: start), byte(start + 4) == 0x2D || byte(start + 4) == 0x5F,
            byte(start + 5).isDigit
        else { return false }
        found(.id, start..<end(from: start + 5) { $0.isAlphanumeric || $0 == 0x2D || $0 == 0x5F })
        return true
    }
}
