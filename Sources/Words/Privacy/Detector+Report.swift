extension Detector {
    /// How often a text may be gone through until nothing is found anew.
    static func mostRounds(through bytes: Int) -> Int { max(8, min(256, (64 << 10) / (bytes + 1))) }

    /// What was found in a text. Lives no longer than the scope that it was handed to.
    struct Report {
        /// Sorted, without overlaps, never splitting a scalar.
        let findings: FindingList
        /// Whether something was left because of what stands around it, so that replacing its neighbours may change that.
        var isUnsettled: Bool
        /// Whether the text holds bytes of 0x80 and above.
        let hasWide: Bool

        /// Whether markers in the places of the findings leave nothing to be found anew.
        func isSettled(in text: UnsafeBufferPointer<UInt8>) -> Bool {
            !isUnsettled && findings.allSatisfy { standsAlone($0, in: text) }
        }

        /// Whether spaces, quotes or the punctuation of a sentence stand around a finding, so that a marker in its place touches
        /// nothing; or the name of a secret before it, a port behind an address, a password inside of a URL.
        private func standsAlone(_ finding: Finding, in text: UnsafeBufferPointer<UInt8>) -> Bool {
            let (start, end) = (finding.range.lowerBound, finding.range.upperBound)
            let before = start == 0 ? 0x20 : text[start - 1]
            let isSecret = finding.kind == .token || finding.kind == .password
            if before == 0x20, !isSecret, end == text.count || text[end] == 0x20 { return true }  // as most do
            if finding.kind == .password, before == 0x3A, end < text.count, text[end] == 0x40 { return true }
            guard before == 0x3D && isSecret || before.isOne(of: " \"\n") else { return false }
            if isSecret, end + 1 < text.count, text[end + 1].isDigit { return false }
            if finding.kind == .ip, end + 1 < text.count, text[end] == 0x3A { return text[end + 1].isDigit }
            var after = end
            while after < text.count, text[after].isOne(of: "!,.?") { after += 1 }
            // What is left of a mention of more than a handle's letters, which nothing is looked for in: `@anna.b`.
            if finding.kind == .user, text[end - 1].isWord, after == end + 1, text[end] == 0x2E {
                while after < text.count, text[after].isLetter { after += 1 }
            }
            return after == text.count || text[after].isOne(of: " \"\n")
        }
    }
}
