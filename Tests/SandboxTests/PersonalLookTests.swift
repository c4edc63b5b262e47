import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct PersonalLookTests {
    @Test(
        arguments: [
            ("mail anna.k+x@example.co.uk now", .email), ("hi @anonymous!", .mention), (".@bob", .mention),
            ("＠bob", .mention),
            ("http://url_removed", .url), ("HTTPS://EXAMPLE.ORG/a", .url), ("www.example.org", .url),
            ("bit.ly/re5iZP", .url),
            ("call 201 555 0165", .phone), ("+1 (202) 555-0123", .phone), ("555-0123", .phone),
            ("+492025550123", .phone),
            ("at 192.0.2.17", .ip), ("2001:db8::1 is up", .ip), ("fe80:0:0:0:1:2:3:4", .ip),
            ("key sk-ant-api03-abcdefgh", .token), ("Authorization: Bearer abc123def456ghi", .token),
            ("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0", .token), ("4729285969381646", .id), ("1234567890123456789", .id),
            ("4111 1111 1111 1111", .card), ("5500005555555559", .card), ("DE89 3704 0044 0532 0130 00", .iban),
            ("GB33BUKB20201555555555", .iban),
        ] as [(String, PersonalLook.Kind)])
    func finds(_ text: String, _ kind: PersonalLook.Kind) {
        let found = PersonalLook.findings(in: text)
        #expect(found.contains { $0.kind == kind }, "\(found)")
    }

    @Test(arguments: [
        "", "[USER] [EMAIL] [PHONE] [URL] [ID] [IP] [TOKEN] [CARD] [IBAN]", "10/08/2011 and 2011-08-10 and 2.14.2012",
        "10,000,000 people", "1,234.50 dollars", "&lt;3333333333", "at 10:30 @ home", "14/14, 24/7, 9-11 ET", "2012-13",
        "msnbc.com has it", "32.58mbps down/6.76mbps up", "{\"n\":123,\"text\":\"fine\"}", "#monday 😀 100%",
        "and/or either/or",
    ])
    func leavesAlone(_ text: String) { #expect(PersonalLook.findings(in: text) == []) }

    @Test func saysAtMostFive() {
        #expect(PersonalLook.findings(in: String(repeating: "@anonymous ", count: 100)).count == 5)
    }

    @Test func anyBytesAreReadWithoutACrash() {
        var random = SeededRandom(seed: "personal look")
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : "@.:/-+0123456789DE eyJ".utf8.randomElement(using: &random)!
            }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = PersonalLook.findings(in: text)
            _ = Sentiment.score(text)
            _ = FormFields(text)
            _ = JSON(bytes: bytes)
            _ = try? FaultPlan(text)
            _ = try? XTimelineFile.read(bytes)
        }
    }
}
