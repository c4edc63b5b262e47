/// Takes everything personal out of texts that leave the house; hashtags, emoji, punctuation and case stay.
///
/// Pure functions in linear time, safe from any thread. What is sanitized stays as it is when sanitized again, and passes
/// ``PromptValidator``.
public enum PromptSanitizer {
    /// How ``PersonalKind/user`` is marked.
    public enum Naming: Sendable {
        /// `[USER]`, whoever it is.
        case alike
        /// `[USER_1]`, `[USER_2]`: in all texts of one call the same person has the same number, and a known identity has one
        /// number under all of its names.
        case numbered
    }

    /// Only code of this file can make one, and so only the sanitizer can make sanitized texts.
    struct Seal { fileprivate init() {} }

    /// Markers are `[USER] [EMAIL] [PHONE] [URL] [ID] [IP] [TOKEN] [CARD] [IBAN]`.
    public static func sanitize(
        _ texts: [String], known: [KnownIdentity] = [], naming: Naming = .numbered
    ) -> SanitizedTexts {
        let identities = IdentityMatcher(known)
        var pass = Pass(naming)
        let sanitized = texts.map { SanitizedText(pass.sanitize($0, identities), by: Seal()) }
        return SanitizedTexts(sanitized, replaced: pass.counts, by: Seal())
    }

    /// One text by itself, with `[USER]` for everybody. Text without findings comes back as it is, without a copy.
    public static func sanitize(_ text: String, known: [KnownIdentity] = []) -> String {
        if known.isEmpty {
            return Detector.settled(text, for: .sanitize) { Replacement.text($0, $1.findings, isASCII: !$1.hasWide) }
        }
        var pass = Pass(.alike)
        return pass.sanitize(text, IdentityMatcher(known))
    }

    /// The same value with the same shape and types: strings, and keys, are sanitized by what is in them; numbers that are
    /// personal become 0. Any depth; what lies under a sensitive name goes as in ``Redactor/redact(json:)``.
    public static func sanitize(json value: JSONValue, known: [KnownIdentity] = []) -> JSONValue {
        let identities = IdentityMatcher(known)
        var pass = Pass(.alike)
        return JSONMasking(change: { pass.sanitize($0, identities) }, hide: hidden).masked(value)
    }

    /// What stands for a value under a sensitive name. Passwords are marked as the secrets that they are among.
    private static func hidden(_ text: String, under name: String) -> String {
        guard let kind = SensitiveName.kind(of: name), !text.isEmpty else { return text }
        return (kind == .password ? PersonalKind.token : kind).marker
    }

    /// One run over texts of which the same persons may speak. Who is known is handed in each time: kept here, the references to
    /// it would be counted for every text.
    private struct Pass {
        private var persons: PersonNumbers?
        private var tally = InlineArray<10, Int>(repeating: 0)

        init(_ naming: Naming) { persons = naming == .numbered ? PersonNumbers() : nil }

        var counts: [PersonalKind: Int] {
            var counts = [PersonalKind: Int](minimumCapacity: tally.count)
            for kind in PersonalKind.allCases where tally[kind.place] > 0 { counts[kind] = tally[kind.place] }
            return counts
        }

        mutating func sanitize(_ text: String, _ identities: borrowing IdentityMatcher) -> String {
            Detector.settled(text, for: .sanitize, more: { identities.add(to: $0, in: $1) }) { bytes, report in
                Replacement.text(bytes, report.findings, isASCII: !report.hasWide) { finding in
                    tally[finding.kind.place] += 1
                    guard finding.kind == .user, persons != nil else { return .marker }
                    return .person(persons?.number(of: finding.range, in: bytes, identities) ?? 0)
                }
            }
        }
    }
}
