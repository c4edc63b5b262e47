import Privacy

/// What holds for every text, whoever wrote it. Asked by the tests with texts put together at random, and by the fuzzer with
/// whatever reaches new code.
public enum PrivacyProperty: CaseIterable, Sendable {
    case sanitizingIsIdempotent
    case redactingIsIdempotent
    case sanitizedTextValidates
    case growthIsBounded
    case streamsAgree

    /// What was seen instead, if the property does not hold for this text.
    public func violation(by text: String) -> String? {
        switch self {
        case .sanitizingIsIdempotent:
            let once = PromptSanitizer.sanitize(text)
            return Self.difference(once, PromptSanitizer.sanitize(once))
        case .redactingIsIdempotent:
            let once = Redactor.redact(text)
            return Self.difference(once, Redactor.redact(once))
        case .sanitizedTextValidates: return Self.refusal(of: text)
        case .growthIsBounded:
            // A marker is at most two and a half times as long as the shortest thing that it replaces, three bytes apart.
            let bound = text.utf8.count * 5 + 16
            let longest = max(Redactor.redact(text).utf8.count, PromptSanitizer.sanitize(text).utf8.count)
            return longest > bound ? "\(longest) bytes from \(text.utf8.count)" : nil
        case .streamsAgree:
            // One line: how many lines are seen together depends on the steps. What follows an open key goes with it.
            let line = text.split { $0.isNewline }.joined(separator: " ")
            if line.contains("-----BEGIN") { return nil }
            return Self.difference(Self.streamed(line, by: line.utf8.count + 1), Self.streamed(line, by: 7))
        }
    }

    /// The first property that does not hold, and why.
    public static func firstViolation(by text: String) -> String? {
        for property in allCases {
            if let violation = property.violation(by: text) { return "\(property): \(violation)" }
        }
        return nil
    }

    /// As text, in a prompt, and inside a request's body.
    private static func refusal(of text: String) -> String? {
        let prompt = Prompt(instructions: "Judge.", data: PromptSanitizer.sanitize([text]))
        let body = JSONValue.object([.init("content", .string(prompt.text))]).serialized()
        for sent in [PromptSanitizer.sanitize(text), prompt.text, body] {
            do throws(PromptViolation) {
                try PromptValidator.validate(Array(sent.utf8))
            } catch {
                return "\(error) in \(sent.debugDescription)"
            }
        }
        return nil
    }

    private static func streamed(_ text: String, by step: Int) -> String {
        var filter = StreamFilter(.sanitize)
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: step) {
            filter.feed(bytes[start..<min(start + step, bytes.count)], into: &output)
        }
        filter.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static func difference(_ first: String, _ second: String) -> String? {
        first == second ? nil : "\(first.debugDescription), then \(second.debugDescription)"
    }
}
