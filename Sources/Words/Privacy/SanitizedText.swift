/// A text from which the sanitizer took everything personal. Only the sanitizer can make one.
public struct SanitizedText: Sendable, Hashable {
    public let text: String

    init(_ text: String, by _: PromptSanitizer.Seal) { self.text = text }
}

/// Sanitized texts in the order of the originals.
public struct SanitizedTexts: Sendable {
    public let texts: [SanitizedText]
    /// How often each kind was replaced, for metrics and audit entries.
    public let replaced: [PersonalKind: Int]

    init(_ texts: [SanitizedText], replaced: [PersonalKind: Int], by _: PromptSanitizer.Seal) {
        self.texts = texts
        self.replaced = replaced
    }
}
