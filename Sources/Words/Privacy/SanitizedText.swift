/// A text from which the sanitizer took everything personal. Only the sanitizer can make one.
public struct SanitizedText: Sendable, Hashable {
    public let text: String

    fileprivate init(_ text: String) { self.text = text }
}

/// Sanitized texts in the order of the originals.
public struct SanitizedTexts: Sendable {
    public let texts: [SanitizedText]
    /// How often each kind was replaced, for metrics and audit entries.
    public let replaced: [PersonalKind: Int]

    fileprivate init(_ texts: [SanitizedText], replaced: [PersonalKind: Int]) {
        self.texts = texts
        self.replaced = replaced
    }
}

/// Takes everything personal out of texts that leave the house; hashtags, emoji, punctuation and case stay.
public enum PromptSanitizer {
    /// Markers are `[USER] [EMAIL] [PHONE] [URL] [ID] [IP] [TOKEN] [CARD] [IBAN]`. Linear in the length of the texts.
    public static func sanitize(_ texts: [String], known: [KnownIdentity] = []) -> SanitizedTexts {
        let identities = IdentityMatcher(known)
        var replaced: [PersonalKind: Int] = [:]
        let sanitized = texts.map { SanitizedText(sanitize($0, identities, &replaced)) }
        return SanitizedTexts(sanitized, replaced: replaced)
    }

    private static func sanitize(_ text: String, _ identities: IdentityMatcher, _ replaced: inout [PersonalKind: Int])
        -> String
    {
        var current = text
        // Replacing may bring together what stood apart, and what stands now must be clean: until nothing is found. Each
        // round takes out at least one finding, and a marker is never one, so this ends; three rounds are more than seen.
        for _ in 0..<8 {
            let known = identities.isEmpty ? [] : identities.findings(in: current)
            let next: String? = current.withUTF8 { bytes in
                let findings = (known + Scanner.findings(in: bytes, for: .sanitize)).merged()
                return findings.isEmpty ? nil : replace(findings, in: bytes, &replaced)
            }
            guard let next, next != current else { break }
            current = next
        }
        return current
    }

    private static func replace(
        _ findings: [Finding], in bytes: UnsafeBufferPointer<UInt8>, _ replaced: inout [PersonalKind: Int]
    ) -> String {
        var result = ""
        result.reserveCapacity(bytes.count + 16)
        var copied = 0
        for finding in findings {
            result += String(decoding: bytes[copied..<finding.range.lowerBound], as: UTF8.self)
            result += finding.kind.marker
            replaced[finding.kind, default: 0] += 1
            copied = finding.range.upperBound
        }
        result += String(decoding: bytes[copied...], as: UTF8.self)
        return result
    }
}
