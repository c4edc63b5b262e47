import Testing

@testable import Privacy

@Suite(.timeLimit(.minutes(4)))
struct RedactorTests {
    @Test(arguments: [
        ("mail jane.doe+x@mail.example.co.uk now", "mail [EMAIL] now"),
        ("josé@exämple.de.", "[EMAIL]."),
        ("call +44 20 7946 0958!", "call [PHONE]!"),
        ("call (555) 012-3456 or 555-0123", "call [PHONE] or [PHONE]"),
        ("from 192.168.1.20:5672 to 2001:db8::1", "from [IP]:5672 to [IP]"),
        ("card 4111 1111 1111 1111, 378282246310005", "card [CARD], [CARD]"),
        ("iban DE89 3704 0044 0532 0130 00 and GB82WEST12345698765432", "iban [IBAN] and [IBAN]"),
        ("user-123456 is user-42", "***3456 is ***"),
        ("amqp://guest:s3cr:et@host:5672/v", "amqp://guest:[PASSWORD]@host:5672/v"),
        ("password=hunter2&x=1", "password=[PASSWORD]&x=1"),
        (#"{"client_secret": "a b", "n": 1}"#, #"{"client_secret": "[PASSWORD]", "n": 1}"#),
        (#"{\"password\":\"hunter2\"}"#, #"{\"password\":\"[PASSWORD]\"}"#),
        ("Authorization: Bearer abc.def", "Authorization: [TOKEN]"),
        ("Bearer abcdefghijklmnop1234 sent", "Bearer [TOKEN] sent"),
        ("key sk-ant-api03-abcdefgh, AKIAIOSFODNN7EXAMPLE", "key [TOKEN], [TOKEN]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-1", "[TOKEN]"),
        ("Cookie: a=b; c=d", "Cookie: [TOKEN]"),
        ("x-api-key: k9", "x-api-key: [TOKEN]"),
        (#""a\nuser-123456\t10.0.0.1 [TOKEN]:x""#, #""a\n***3456\t[IP] [TOKEN]:x""#),
    ])
    func replaces(text: String, expected: String) {
        #expect(Redactor.redact(text) == expected)
        #expect(Redactor.redact(expected) == expected, "a second time changes nothing")
    }

    @Test(arguments: [
        "", "plain words", "2026-11-23T10:00:00.000Z done in 1234567 us", "at 1700000000 and 1700000000123",
        "tweet 1859876543210987654 stored", "std::vector a::b x:: ::", "version 1.2.3, 3/4, 10:30:45",
        "max_tokens=1024",
        "user-agent and user-defined", "token: null", "https://api.x.com/2/users?a=b", "http://host:8080/x@y",
        "#1 😀 @someone 100%", "12 of 3,000,000 rows",
    ])
    func keeps(text: String) {
        #expect(Redactor.redact(text) == text)
    }

    @Test func masksUserIDs() {
        #expect(Redactor.mask(userID: "user-123456") == "***3456")
        #expect(Redactor.mask(userID: "12345") == "***2345")
        #expect(Redactor.mask(userID: "1234") == "***")
    }

    @Test func namesDecide() {
        #expect(Redactor.redact("anything", name: "accessToken") == "[TOKEN]")
        #expect(Redactor.redact("anything", name: "db-password") == "[PASSWORD]")
        #expect(Redactor.redact("u-99887766", name: "user_id") == "***7766")
        #expect(Redactor.redact("***7766", name: "user_id") == "***7766")
        #expect(Redactor.redact("1024", name: "max_tokens") == "1024")
        #expect(Redactor.isSensitive(name: "X-API-Key") && !Redactor.isSensitive(name: "queue"))
    }

    @Test func jsonKeepsShapeAndTypes() throws {
        let value = try JSONValue(
            parsing: #"""
                {"password":["a",1,true,null,{"x":"y"}],"email":"j@x.com","note":"ask j@x.com","n":1.5,
                 "phone":5550123456,"id":4111111111111111,"a@b.co":1,"c@d.co":2,"user_id":"user-123456"}
                """#)
        let expected = try JSONValue(
            parsing: #"""
                {"password":["[PASSWORD]",0,false,null,{"x":"[PASSWORD]"}],"email":"[EMAIL]","note":"ask [EMAIL]","n":1.5,
                 "phone":0,"id":0,"[EMAIL]":1,"[EMAIL]'":2,"user_id":"***3456"}
                """#)
        #expect(Redactor.redact(json: value) == expected)
    }

    @Test func anyDepthIsRedactedWithoutRecursion() {
        var value: JSONValue = ["mail": "a@b.com", "password": 7]
        for level in 0..<2_000 { value = level.isMultiple(of: 2) ? [value] : ["x": value] }
        var redacted = Redactor.redact(json: value)
        for level in (0..<2_000).reversed() {
            redacted = (level.isMultiple(of: 2) ? redacted[0] : redacted["x"]) ?? nil
        }
        #expect(redacted == ["mail": "[EMAIL]", "password": 0])
    }

    @Test func fieldsAreHiddenByNameOrContent() {
        let fields = ["user_id": "user-123456", "note": "ask a@b.com", "apiKey": "x", "a@b.com": "1", "c@d.com": "2"]
        #expect(
            Redactor.redact(fields: fields)
                == ["user_id": "***3456", "note": "ask [EMAIL]", "apiKey": "[TOKEN]", "[EMAIL]": "1", "[EMAIL]'": "2"])
    }
}
