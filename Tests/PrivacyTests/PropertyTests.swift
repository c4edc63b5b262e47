import Glibc
import PrivacyProperties
import Testing

@testable import Privacy

/// What holds for every input, tried on texts put together at random from what detectors stumble over.
@Suite(.timeLimit(.minutes(4)))
struct PropertyTests {
    @Test(arguments: PrivacyProperty.allCases)
    func holdsForEveryText(property: PrivacyProperty) {
        var generator = SplitMix(state: 42)
        for round in 0..<Self.rounds {
            let text = round % 3 == 2 ? TextPieces.chain(&generator) : TextPieces.text(&generator)
            if let violation = property.violation(by: text) {
                Issue.record("round \(round): \(text.debugDescription): \(violation)")
            }
        }
    }

    @Test func spansAreSortedApartAndBetweenScalars() {
        var generator = SplitMix(state: 3)
        for round in 0..<Self.rounds {
            var text = TextPieces.text(&generator)
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

    /// Four times the text takes about four times as long, whatever it is made of. The best of several rounds counts, and the
    /// bound is generous, for machines that do other things too.
    @Test(arguments: [
        "a@", "@", "a.", ".", "1", "1 ", "1-", "12.", ":", "a:", "::", "/", "://", "http://u:", "\"", "='", "password=",
        "password=***", "=",
        "+1", "((", "eyJ-", "sk-", "AB12 ", "a-", "-", "--a ", "-----BEGIN PRIVATE KEY-----", "a.com.", "_.com", "x@a.",
        "1.1.1.", "＠", "\u{200B}",
        "字.", "é@", "(1)", "DE89 ", "user-", "[", "\\n", "token:\"", "AAAA", "aA1", "call 1 ", "@a@", "%", "&", "-----",
        "12 345 678 ", "978-0-", "PH97",
        "cookie: ", "aaaaaaaa+", "password \"a1 ", " -u \"a:", "Authorization: a ", "value=\"", "555-1234,", "Mob-",
        "是", "0x7f.", "0177.", "token_v2:", "password_old=",
        "t.co/", "12/ ", "555 1234 office ", "card # 5", "1 2 3 4 5 6 7 8 9 0 ",
    ])
    func adversariesCostLinearTime(unit: String) {
        let small = String(repeating: unit, count: Self.adversary / unit.utf8.count)
        let large = String(repeating: unit, count: 4 * Self.adversary / unit.utf8.count)
        let (short, long) = (best(small), best(large))
        #expect(long < short * 12 + .milliseconds(40), "\(unit): \(short) and \(long)")
    }

    /// Of this thread alone, so that neighbours on the machine do not count.
    private func best(_ text: String) -> Duration {
        func spent() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        return (0..<3).map { _ in
            let start = spent()
            _ = Redactor.redact(text).utf8.count + PromptSanitizer.sanitize(text).utf8.count
            return spent() - start
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
