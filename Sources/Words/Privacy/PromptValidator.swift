/// Something personal is left in bytes that were about to leave the house. Says what and where, never the text.
public struct PromptViolation: Error, Hashable, CustomStringConvertible {
    public let kind: PersonalKind
    /// Bytes from the start of what was validated.
    public let offset: Int

    public var description: String {
        "the request still holds something that looks like \(kind.marker) at byte \(offset); it was not sent"
    }
}

/// The second look at a prompt, on the very bytes about to be sent.
///
/// Written apart from the sanitizer on purpose, sharing none of its code: a mistake in one is caught by the other. It sees
/// through two levels of JSON escapes, since a text travels as JSON inside a JSON string. Safe from any thread, linear.
public enum PromptValidator {
    /// Refuses with the first `PromptViolation`.
    public static func validate(_ bytes: [UInt8]) throws(PromptViolation) {
        // A request's body holds JSON inside a JSON string; a prompt by itself holds JSON lines. Undoing one level more
        // than there is would judge text that nobody sends.
        let isBody = bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
        let levels = isBody ? 2 : 1
        var view = EscapedView(bytes)
        for level in 0... {
            let sighting = view.bytes.withUnsafeBufferPointer { PersonalLookout(text: $0).first() }
            if let sighting {
                throw PromptViolation(kind: sighting.kind, offset: view.origin(of: sighting.offset))
            }
            guard level < levels, view.unescapeOnce() else { return }
        }
    }
}
