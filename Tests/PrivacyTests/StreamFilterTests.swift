import Testing

@testable import Privacy

@Suite(.timeLimit(.minutes(4)))
struct StreamFilterTests {
    private func run(_ face: StreamFilter.Face, _ pieces: [some Collection<UInt8>]) -> String {
        var filter = StreamFilter(face)
        var output: [UInt8] = []
        for piece in pieces { filter.feed(piece, into: &output) }
        filter.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func bordersHideNothing() {
        let text = Array("mail jane@example.org\ncall +44 20 7946 0958 ä😀, token=abc12345\n".utf8)
        let expected = "mail [EMAIL]\ncall [PHONE] ä😀, token=[TOKEN]\n"
        for cut in 0...text.count { #expect(run(.redact, [text[..<cut], text[cut...]]) == expected, "cut at \(cut)") }
    }

    @Test func linesComeOutAsSoonAsTheyEnd() {
        var filter = StreamFilter(.sanitize)
        var output: [UInt8] = []
        filter.feed(Array("hi @ada\nand @b".utf8), into: &output)
        #expect(String(decoding: output, as: UTF8.self) == "hi [USER]\n")
    }

    /// A line without an end: memory stays small, and what lies across any border is found.
    @Test func endlessLineIsFilteredInConstantMemory() {
        let unit = Array("some words in a row and jane@example.org, then on ".utf8)
        var filter = StreamFilter(.redact)
        var output: [UInt8] = []
        var length = 0
        let rounds = (3 << 17) / unit.count  // twice what may be held back: a filter that keeps all of it is seen
        for round in 0..<rounds {
            filter.feed(unit, into: &output)
            length += unit.count
            if round % 512 == 0 {
                #expect(length - output.count < 2 * (StreamFilter.window + StreamFilter.lookahead) + length / 4)
            }
        }
        filter.finish(into: &output)
        let text = String(decoding: output, as: UTF8.self)
        #expect(
            !text.contains("jane")
                && text.split(separator: "[EMAIL]", omittingEmptySubsequences: false).count == rounds + 1
        )
    }

    @Test func endlessSecretIsSwallowed() {
        let pieces =
            [Array("password=".utf8)] + (0..<40).map { _ in [UInt8](repeating: 0x61, count: 10_000) } + [
                Array(" end".utf8)
            ]
        #expect(run(.redact, pieces) == "password=[PASSWORD] end")
    }

    @Test func linesOfAPrivateKeyGoWithItsFirst() {
        let lines = [
            "a\n-----BEGIN PRIVATE KEY-----\n", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n",
            "abc\n-----END PRIVATE KEY-----\nb c@d.org\n",
        ]
        #expect(run(.redact, lines.map { Array($0.utf8) }) == "a\n[TOKEN]\nb [EMAIL]\n")
    }

    @Test func bytesThatAreNoUTF8AreMarked() {
        #expect(run(.redact, [[0x61, 0xFF, 0x62, 0x0A], [0xC3]]) == "a\u{FFFD}b\n\u{FFFD}")
        let long = [UInt8](repeating: 0x20, count: 100_000)
        #expect(run(.redact, [long + [0xFF], long]).unicodeScalars.count { $0 == "\u{FFFD}" } == 1)
    }
}
