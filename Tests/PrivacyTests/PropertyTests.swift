import Testing

@testable import Privacy

/// What holds for every input, tried on texts put together at random from what detectors stumble over.
@Suite(.timeLimit(.minutes(4)))
struct PropertyTests {
    static let pieces = [
        "@", "＠", ".", ":", "/", "-", "+", "(", ")", " ", "\n", "\\", "\"", "<", "&", "_", "#", "$", ",", "=", "?", "%",
        "[", "]",
        "'", "!", "*", ";", "0", "1", "12", "555", "0123", "2010", "99999", "1234567", "a", "n", "x", "com", "me", "so",
        "www.",
        "http://", "https://t.co/", "user-", "user_", "é", "😀", "字", "。", "\u{200B}", "\u{AD}", "１", "Ａ", "\u{2013}",
        "\u{A0}", "☎",
        "AKIA", "AKIAIOSFODNN7EXAMPLE", "sk-ant-", "eyJ", "Bearer ", "password=", "token: ", "DE89370400440532013000",
        "4111111111111111", "4111 1111 1111 1111", "fe80", "::", "RT", "ABCDEFGH", "abcdefgh12345678", "call ",
        "order ", "id ",
        "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "+44 20 7946 0958", "192.0.2.1", "2001:db8::1:2",
        "jane@example.org",
        "version ", "[USER]", "[PHONE]", "[USER_1]", "***1234", "\u{301}", "х", "example.com", "git", "--password ",
        " is ", "mailto:",
    ]

    static func text(_ generator: inout SplitMix, most: Int = 14) -> String {
        (0..<Int.random(in: 1...most, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
            .joined()
    }

    @Test func sanitizingTwiceChangesNothingMore() {
        var generator = SplitMix(state: 1)
        for round in 0..<Self.rounds {
            let text = Self.text(&generator)
            let once = PromptSanitizer.sanitize(text)
            let twice = PromptSanitizer.sanitize(once)
            if twice != once {
                Issue.record(
                    "round \(round): \(text.debugDescription) → \(once.debugDescription) → \(twice.debugDescription)")
            }
        }
    }

    @Test func redactingTwiceChangesNothingMore() {
        var generator = SplitMix(state: 2)
        for round in 0..<Self.rounds {
            let text = Self.text(&generator)
            let once = Redactor.redact(text)
            let twice = Redactor.redact(Redactor.redact(once))
            if twice != Redactor.redact(once) {
                Issue.record(
                    "round \(round): \(text.debugDescription) → \(once.debugDescription) → \(twice.debugDescription)")
            }
        }
    }

    /// Whatever the input, what the sanitizer lets through passes the validator: as text, and inside a request's body.
    @Test func everythingSanitizedValidates() {
        var generator = SplitMix(state: 42)
        for round in 0..<Self.rounds {
            let text = Self.text(&generator)
            let prompt = Prompt(instructions: "Judge.", data: PromptSanitizer.sanitize([text]))
            let body = JSONValue.object([.init("content", .string(prompt.text))]).serialized()
            for bytes in [Array(prompt.text.utf8), Array(body.utf8), Array(PromptSanitizer.sanitize(text).utf8)] {
                do {
                    try PromptValidator.validate(bytes)
                } catch {
                    Issue.record(
                        "round \(round): \(error) in \(text.debugDescription) → \(prompt.text.debugDescription)")
                }
            }
        }
    }

    @Test func spansAreSortedApartAndBetweenScalars() {
        var generator = SplitMix(state: 3)
        for round in 0..<Self.rounds {
            var text = Self.text(&generator)
            for purpose in [Detector.Purpose.redact, .sanitize] {
                text.withUTF8 { bytes in
                    var end = 0
                    for finding in Detector.findings(in: bytes, for: purpose) {
                        let (lower, upper) = (finding.range.lowerBound, finding.range.upperBound)
                        let isApart = lower >= end && upper > lower && upper <= bytes.count
                        if !isApart || bytes[lower].isContinuation
                            || (upper < bytes.count && bytes[upper].isContinuation)
                        {
                            Issue.record("round \(round): \(lower)..<\(upper) behind \(end)")
                        }
                        end = upper
                    }
                }
            }
        }
    }

    /// A marker is at most twice and a half as long as the shortest thing that it replaces, three bytes apart.
    @Test func growthIsBounded() {
        var generator = SplitMix(state: 4)
        for _ in 0..<Self.rounds {
            let text = Self.text(&generator)
            let bound = text.utf8.count * 5 + 16
            if Redactor.redact(text).utf8.count > bound || PromptSanitizer.sanitize(text).utf8.count > bound {
                Issue.record("\(text.debugDescription)")
            }
        }
    }

    /// Four times the text takes about four times as long, whatever it is made of. The best of several rounds counts, and the
    /// bound is generous, for machines that do other things too.
    @Test(arguments: [
        "a@", "@", "a.", ".", "1", "1 ", "1-", "12.", ":", "a:", "::", "/", "://", "http://u:", "\"", "='", "password=",
        "password=***", "=",
        "+1", "((", "eyJ-", "sk-", "AB12 ", "a-", "-", "--a ", "-----BEGIN PRIVATE KEY-----", "a.com.", "_.com", "x@a.",
        "1.1.1.", "＠", "\u{200B}",
        "字.", "é@", "(1)", "DE89 ", "user-", "[", "\\n", "token:\"", "AAAA", "aA1", "call 1 ", "@a@", "%", "&", "-----",
    ])
    func adversariesCostLinearTime(unit: String) {
        let small = String(repeating: unit, count: Self.adversary / unit.utf8.count)
        let large = String(repeating: unit, count: 4 * Self.adversary / unit.utf8.count)
        let (short, long) = (best(small), best(large))
        #expect(long < short * 12 + .milliseconds(40), "\(unit): \(short) and \(long)")
    }

    private func best(_ text: String) -> Duration {
        let clock = ContinuousClock()
        return (0..<3).map { _ in
            clock.measure { _ = Redactor.redact(text).utf8.count + PromptSanitizer.sanitize(text).utf8.count }
        }.min() ?? .zero
    }

    /// A build for debugging is a hundred times slower.
    #if DEBUG
        static let rounds = 3_000
        static let adversary = 8 << 10
    #else
        static let rounds = 100_000
        static let adversary = 256 << 10
    #endif
}
