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
        var pass = Pass(known, naming)
        let sanitized = texts.map { SanitizedText(pass.sanitize($0), by: Seal()) }
        return SanitizedTexts(sanitized, replaced: pass.counts, by: Seal())
    }

    /// One text by itself, with `[USER]` for everybody. Text without findings comes back as it is, without a copy.
    public static func sanitize(_ text: String, known: [KnownIdentity] = []) -> String {
        var pass = Pass(known, .alike)
        return pass.sanitize(text)
    }

    /// The same value with the same shape and types: strings, and keys, are sanitized by what is in them; numbers that are
    /// personal become 0. Any depth; what lies under a sensitive name goes as in ``Redactor/redact(json:)``.
    public static func sanitize(json value: JSONValue, known: [KnownIdentity] = []) -> JSONValue {
        var pass = Pass(known, .alike)
        return JSONMasking(change: { pass.sanitize($0) }, hide: hidden).masked(value)
    }

    /// What stands for a value under a sensitive name. Passwords are marked as the secrets that they are among.
    private static func hidden(_ text: String, under name: String) -> String {
        guard let kind = SensitiveName.kind(of: name), !text.isEmpty else { return text }
        return (kind == .password ? PersonalKind.token : kind).marker
    }

    /// One run over texts of which the same persons may speak.
    private struct Pass {
        private let identities: IdentityMatcher
        private var persons: PersonNumbers?
        private var tally = InlineArray<10, Int>(repeating: 0)

        init(_ known: [KnownIdentity], _ naming: Naming) {
            identities = IdentityMatcher(known)
            persons = naming == .numbered ? PersonNumbers() : nil
        }

        var counts: [PersonalKind: Int] {
            var counts: [PersonalKind: Int] = [:]
            for kind in PersonalKind.allCases where tally[kind.place] > 0 { counts[kind] = tally[kind.place] }
            return counts
        }

        mutating func sanitize(_ text: String) -> String {
            var current = text
            // Replacing may bring together what stood apart, and what stands now must be clean: until nothing is found. Each
            // round takes out at least one finding, and a marker is never one, so this ends; three rounds are more than seen.
            for _ in 0..<8 {
                var isSettled = true
                let next: String? = current.withUTF8 { bytes in
                    var report = Detector.report(on: bytes, for: .sanitize)
                    if !identities.isEmpty {
                        let known = identities.findings(in: bytes)
                        if !known.isEmpty {
                            report.findings += known
                            report.findings.merge()
                        }
                    }
                    guard !report.findings.isEmpty else { return nil }
                    isSettled = !report.isUnsettled && report.findings.allSatisfy { Self.standsAlone($0, in: bytes) }
                    return replace(report.findings, in: bytes)
                }
                guard let next else { break }
                current = next
                if isSettled { break }
            }
            return current
        }

        /// Whether spaces or the punctuation of a sentence stand around a finding, so that a marker in its place touches nothing.
        private static func standsAlone(_ finding: Finding, in text: UnsafeBufferPointer<UInt8>) -> Bool {
            let (start, end) = (finding.range.lowerBound, finding.range.upperBound)
            guard start == 0 || text[start - 1] == 0x20 || text[start - 1] == 0x0A else { return false }
            if end == text.count || text[end] == 0x20 || text[end] == 0x0A { return true }
            switch text[end] {
            case 0x21, 0x2C, 0x2E, 0x3F: return end + 1 == text.count || text[end + 1] == 0x20
            default: return false
            }
        }

        private mutating func replace(_ findings: [Finding], in bytes: UnsafeBufferPointer<UInt8>) -> String {
            Replacement.text(bytes, findings) { finding in
                tally[finding.kind.place] += 1
                guard finding.kind == .user, persons != nil else { return nil }
                return persons?.marker(of: finding.range, in: bytes, identities)
            }
        }
    }
}

/// Which marker each person has inside of one prompt.
private struct PersonNumbers {
    /// By a hash of 64 bits of the name in small letters.
    private var byName: [UInt64: Int] = [:]
    private var byIdentity: [Int: Int] = [:]
    /// `[USER_1]` and so on.
    private var markers: [String] = []

    mutating func marker(
        of range: Range<Int>, in text: UnsafeBufferPointer<UInt8>, _ identities: IdentityMatcher
    ) -> String {
        if !identities.isEmpty, let person = identities.person(text, at: range) {
            let place = byIdentity[person] ?? newMarker()
            byIdentity[person] = place
            return markers[place]
        }
        let start = text[range.lowerBound] == 0x40 ? range.lowerBound + 1 : range.lowerBound
        let name = WordTable.hash(UnsafeBufferPointer(rebasing: text[start..<range.upperBound]))
        let place = byName[name] ?? newMarker()
        byName[name] = place
        return markers[place]
    }

    private mutating func newMarker() -> Int {
        markers.append("[USER_\(markers.count + 1)]")
        return markers.count - 1
    }
}
