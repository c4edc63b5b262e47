import Testing

@testable import Privacy

@Suite(.timeLimit(.minutes(4)))
struct PromptValidatorTests {
    @Test(arguments: [
        ("hi @jane", PersonalKind.user, 3), ("hi ＠jane", .user, 3), (#"{"t":"a\n@jane"}"#, .user, 9),
        (#"{"c":"{\"t\":\"a\\n\\u0040jane\"}"}"#, .user, 19), ("x jane@x.org", .email, 6),
        ("http://url_removed", .url, 4),
        ("see foo.com/x", .url, 7), ("+1 555 012 3456", .phone, 0), ("x +44 20 7946 0958", .phone, 2),
        ("+442079460958", .phone, 0),
        ("4111111111111111", .id, 0), ("-----BEGIN PRIVATE KEY-----", .token, 0), ("password=1abcdefgh", .token, 0),
        ("555-012-3456", .phone, 0), ("x 123456789012345", .id, 2), ("user-123456", .id, 0), ("10.0.0.1", .ip, 0),
        ("2001:db8::1", .ip, 4), ("sk-ant-abcdefgh1", .token, 0), ("AKIAIOSFODNN7EXAMPLE", .token, 0),
        ("Bearer abcdefghijklmnop", .token, 0), ("x jane@mail.x.org", .email, 6), ("RT @jane: hi", .user, 3),
        ("sk-ant-api03-abcdefghijklmnop", .token, 0), ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.abc", .token, 0),
        ("DE89370400440532013000", .iban, 0), ("4111111111111111", .id, 0),
    ])
    func refuses(text: String, kind: PersonalKind, offset: Int) {
        #expect(throws: PromptViolation(kind: kind, offset: offset)) { try PromptValidator.validate(Array(text.utf8)) }
    }

    @Test(arguments: [
        #"{"model":"claude-sonnet-4-5-20250929","max_tokens":1024,"metadata":{"user_id":"12345678-1234-4234-8234-123456789012"}}"#,
        #"{"model":"claude-opus-4-1-20250805","x":0.12345678901234,"r":[-1,1]}"#,
        "[USER] [EMAIL] [URL] #tag 😀 2010-12-25 10:30:45 $1,000,000", #"{"t":"\n.com \u0026.com"}"#, "",
    ])
    func accepts(text: String) throws {
        try PromptValidator.validate(Array(text.utf8))
    }

    @Test func neverShowsTheText() {
        let error = #expect(throws: PromptViolation.self) {
            try PromptValidator.validate(Array("mail canary@x.org".utf8))
        }
        #expect(error.map { !"\($0)".contains("canary") && !String(reflecting: $0).contains("canary") } == true)
    }
}
