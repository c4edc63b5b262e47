import Contracts
import Testing

@Suite(.timeLimit(.minutes(1)))
struct IdentifierTests {
    @Test(arguments: [
        ("user-123456", "***3456"), ("12345", "***2345"), ("1234", "***"), ("a", "***"), ("ab😀cdéf", "***cdéf"),
    ])
    func userIDIsMasked(raw: String, masked: String) throws {
        #expect(try #require(UserID(raw)).masked == masked)
    }

    @Test func userIDNeverPrintsItself() throws {
        let id = try #require(UserID("user-123456"))
        var dumped = ""
        dump(["key": id], to: &dumped)
        let request = IngestRequest(userID: id)
        for text in ["\(id)", String(reflecting: id), "\([id])", "\(Optional(id) as Any)", dumped, "\(request)"] {
            #expect(!text.contains("user-12"), "\(text)")
        }
        dumped = ""
        dump(request, to: &dumped)
        #expect(!dumped.contains("user-12"))
        #expect(id.rawValue == "user-123456")
    }

    @Test(arguments: [
        "", " ", "a b", "a\n", "a\u{0}", "\u{7F}", "a\u{85}b", "\u{2028}", "a\u{200B}b", "\u{202E}a", "\u{00A0}",
        String(repeating: "x", count: 129), String(repeating: "é", count: 65),
    ])
    func userIDRefuses(raw: String) { #expect(UserID(raw) == nil) }

    @Test func userIDAcceptsUpTo128Bytes() {
        #expect(UserID(String(repeating: "é", count: 64)) != nil)
        #expect(UserID("~!-_.:/@") != nil)
    }

    @Test func messageIDIsCanonical() throws {
        let id = try #require(MessageID("6BA7B810-9DAD-11D1-80B4-00C04FD430C8"))
        #expect(id.rawValue == "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
        #expect("\(id)" == id.rawValue)
        #expect(id == MessageID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
    }

    @Test(arguments: [
        "", "00000000-0000-0000-0000-000000000000", "6ba7b8109dad11d180b400c04fd430c8",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b810-9dad-11d1-80b4-00c04fd430c88",
        "{6ba7b810-9dad-11d1-80b4-00c04fd430}",
        "6ba7b810-9dad-11d1-80b4-00c04fd430cg", "6ba7b810_9dad-11d1-80b4-00c04fd430c8",
        "6ba7b810-9dad-11d1-80b4-00c04fd430é",
    ])
    func messageIDRefuses(text: String) { #expect(MessageID(text) == nil) }

    /// RFC 9562, appendix A.4.
    @Test func derivedIDIsVersion5() throws {
        let dns = try #require(MessageID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
        #expect(
            MessageID.derived(from: dns, name: "www.example.com").rawValue == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
    }

    @Test func derivedIDsDifferByNameAndCause() {
        let (first, second) = (MessageID.random(), MessageID.random())
        #expect(MessageID.derived(from: first, name: "a") == .derived(from: first, name: "a"))
        #expect(MessageID.derived(from: first, name: "a") != .derived(from: first, name: "b"))
        #expect(MessageID.derived(from: first, name: "a") != .derived(from: second, name: "a"))
    }

    @Test func randomIDIsVersion4() {
        for _ in 0..<100 {
            let text = Array(MessageID.random().rawValue)
            #expect(text[14] == "4" && "89ab".contains(text[19]))
        }
    }
}
