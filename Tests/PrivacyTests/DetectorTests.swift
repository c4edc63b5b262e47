import Testing

@testable import Privacy

/// What each kind looks like, and what only looks like it.
@Suite(.timeLimit(.minutes(4)))
struct DetectorTests {
    private func kinds(_ text: String, _ purpose: Detector.Purpose) -> [PersonalKind] {
        var text = text
        return text.withUTF8 { Detector.findings(in: $0, for: purpose).map(\.kind) }
    }

    /// The whole of each text is one finding for both faces.
    @Test(arguments: [
        ("jane.doe+tag@mail.example.co.uk", PersonalKind.email), ("josé@bücher.de", .email), ("用户@例え.jp", .email),
        ("\"jane doe\"@example.org", .email), ("user/department=shipping@example.com", .email),
        ("jane@[192.0.2.1]", .email),
        ("o'neil@xn--bcher-kva.example", .email), ("jane@example。com", .email),
        ("ja\u{200B}ne@exam\u{AD}ple.com", .email),
        ("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", .email), ("root@localhost", .email),
        ("+44 20 7946 0958", .phone), ("(555) 012-3456", .phone), ("555-867-5309 ext. 12", .phone),
        ("0171/1234567", .phone),
        ("01 23 45 67 89", .phone), ("612 345 678", .phone), ("98765 43210", .phone), ("8 (912) 345-67-89", .phone),
        ("(11) 96123-4567", .phone), ("138 1234 5678", .phone), ("+4915112345678", .phone),
        ("0044 20 7946 0958", .phone),
        ("71 123 456", .phone), ("9 435 1234", .phone), ("444 1 444", .phone), ("(06 1) 234 5678", .phone),
        ("06-9/639 9784", .phone), ("(02690) 19887 550", .phone), ("0800 123", .phone), ("60-56-85-91", .phone),
        ("+683 4002", .phone), ("+91 1861 123 456 789", .phone),
        ("(+44) 7911 123456", .phone), ("75 73 26", .phone), ("71-422-949", .phone), ("810-82-87-27", .phone),
        ("12-563-20-22", .phone),
        ("22-59-5945", .phone), ("2-2197248", .phone), ("74 77696", .phone), ("0180 1 2345", .phone),
        ("06 1 237 9266", .phone), ("8 (71534) 3 03 78", .phone), ("1544-1234", .phone), ("1900 123456", .phone),
        ("715 1819", .phone), ("0664.172895", .phone), ("810.82.87.27", .phone), ("415/555-2671", .phone),
        ("(089) / 636-48018", .phone), ("11987654321", .phone),
        ("800 17 1234", .phone), ("6123-4567", .phone), ("22 24 39 41", .phone),
        ("1-800-FLOWERS", .phone), ("+44 (0)20 7946 0958", .phone), ("＋４４ ２０ ７９４６ ０９５８", .phone),
        ("555–867–5309", .phone),
        ("٠٢٠ ٧٩٤٦ ٠٩٥٨", .phone), ("08-123 456 78", .phone), ("(0-612) 34567", .phone), ("32 12 34 56", .phone),
        ("192.0.2.1", .ip), ("2001:db8::1", .ip), ("2001:DB8:0:0:8:800:200C:417A", .ip), ("::ffff:192.0.2.1", .ip),
        ("::1", .ip),
        ("fe80::1%eth0", .ip), ("2001:db8::", .ip), ("1::", .ip), ("::8", .ip), ("1::8", .ip), ("dead::beef", .ip),
        ("4111 1111 1111 1111", .card), ("378282246310005", .card), ("3782 822463 10005", .card),
        ("4111-1111-1111-1111", .card),
        ("DE89 3704 0044 0532 0130 00", .iban), ("GB82WEST12345698765432", .iban),
        ("fr1420041010050500013m02606", .iban), ("PH393984330018922610", .iban), ("503802053770", .card),
        ("sk-ant-api03-abcdefgh", .token), ("AKIAIOSFODNN7EXAMPLE", .token),
        ("github_pat_11ABCDEFG0abcdefghijkl", .token),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-1", .token), ("whsec_abcdefgh12345678", .token),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", .token), ("gsk_abcdefghijklmnopqrstuvwxyz01", .token),
        ("hvs.CAESIJlU02tMQ1nm", .token), ("sq0atp-abcdefghijklmnopqrstuv", .token),
        ("shpat_0123456789abcdef0123456789abcdef", .token), ("PMAK-0123456789abcdef01234567-0123", .token),
        ("1//0gabcdefghijklmnopqrstuv", .token), ("123456789:AAFabcdefghijklmnopqrstuvwxyz012345", .token),
        ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE+/=\n-----END RSA PRIVATE KEY-----", .token),
        ("user-123456", .id),
    ])
    func finds(text: String, kind: PersonalKind) {
        for purpose in [Detector.Purpose.redact, .sanitize] {
            var text = text
            let found = text.withUTF8 { Detector.findings(in: $0, for: purpose) }
            #expect(found == [Finding(kind: kind, range: 0..<text.utf8.count)], "\(purpose) found \(found)")
        }
    }

    @Test(arguments: [
        "2026-11-23", "(06/21/1988)", "(23 10 2008)", "23.11.2026", "11/23/26", "2009-2010", "10:30:45.123",
        "5-4, 21-17", "$1,234,567.89",
        "1 234 567,89 €", "USD 12345678",
        "10 000 000", "331 002 651 people", "ISBN 978-3-16-148410-0", "0-306-40615-2", "9780306406157",
        "order 114-3941689-8772232",
        "order #4820193847", "invoice 2025550123", "1700000000", "1700000000123", "20261123103045", "3.14159265",
        "52.5200, 13.4050",
        "v1.2.3", "version 1.2.3.4", "versions 1.2.3.4 and 1.2.3.5", "upgraded from 1.2.3.4 to 1.2.3.5",
        "appVersion=1.2.3.4", "version is 1.2.3.4", "python 3.9.1.2", "libx (10.2.3.4-1)", "(1:24.3.4.5+dfsg-1)",
        "xauth:amd64",
        "60000-64999", "1758 1798", "104-98-15", "103-86-118", "90 60 90", "2003 0523", "1544-1600",
        "less than .000001", "Chrome/120.0.0.0", "1.2.3.4.5", "256.1.1.1", "4 8 15 16 23 42",
        "lat 52.520008 lon 13.404954",
        "123-45-6789", "94105-1234", "00:1a:2b:3c:4d:5e", "00:1a:2b:ff:fe:3c:4d:5e", "10:30:45", "std::vector", "a::b",
        "x[::2]", "::",
        "4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "bearer of bad news", "task-force sk-ills", "user-agent",
        "icon@2x.png", "max_tokens=1024", "token: null", "password: [PASSWORD]", "git@github.com:a/b.git", "3333333333",
        "call me at 10:30",
        "978 0 08 053176 2", "0 7573 8846 9", "ISSN 2049-3630", "4 8 15 16 23 42 1 2 3 4 5 6 7",
        "fe:00 253911",
        "704 1436 Redbud Drive", "g++-12 (12.2.0-14+deb12u1)", "1.0.0+94832912", "361 620 389 zł", "12345678 records",
        "12 59 70 18 23", "getty@tty1.service",
        "123e4567-e89b-12d3-a456-426614174000", "d41d8cd98f00b204e9800998ecf8427e", "password is required",
        "12::30", "face::value", "1234 5678 9012 3456", "Nr. 123/2024", "multi-user-2", "numbers: 05 12 23 34 45",
        "docker run -u 1000:1000 app", "<td>hunter2</td>", "100%40",
        "key-value-pair-of-the-longest-kind-there-is",
    ])
    func findsNothing(text: String) {
        for purpose in [Detector.Purpose.redact, .sanitize] { #expect(kinds(text, purpose) == [], "\(purpose)") }
    }

    @Test(arguments: [
        ("password is hunter2!", "password is [PASSWORD]!"), ("--password hunter2 -v", "--password [PASSWORD] -v"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=[TOKEN]"),
        ("?api_key=k1&x=2", "?api_key=[TOKEN]&x=2"), ("?to=jane%40example.com&x=1", "?to=[EMAIL]&x=1"),
        ("jane&#64;example.com", "[EMAIL]"), ("my password is \"p@ssw0rd\"", "my password is \"[PASSWORD]\""),
        ("curl -u admin:hunter2 https://x", "curl -u admin:[PASSWORD] https://x"),
        ("<Password>hunter2</Password>", "<Password>[PASSWORD]</Password>"), ("tel=4155552671", "tel=[PHONE]"),
        ("(shpat_0123456789abcdef0123456789abcdef)", "([TOKEN])"),
        ("Authorization: Basic dXNlcjpwYXNz, next", "Authorization: [TOKEN], next"),
        ("authorization: Digest username=\"u\", response=\"r\"", "authorization: [TOKEN]"),
        ("https://hooks.slack.com/services/T0/B0/abcdefgh", "https://hooks.slack.com/services/[TOKEN]"),
        ("redis://:s3cret@cache:6379/0", "redis://:[PASSWORD]@cache:6379/0"),
        ("user_id=998877 done", "user_id=***8877 done"),
        ("10.0.0.1/AKIAIOSFODNN7EXAMPLE a@example.com/AKIAIOSFODNN7EXAMPLE", "[IP]/[TOKEN] [EMAIL]/[TOKEN]"),
        ("call me at 22158", "call me at [PHONE]"), ("781 1704 office", "[PHONE] office"),
        ("042 078 6381-fax", "[PHONE]-fax"), ("Phone:\n467 3395", "Phone:\n[PHONE]"),
        ("my SSN is 853-37-1694", "my SSN is ***1694"),
        ("from 10.0.0.1:80 to [2001:db8::1]:443", "from [IP]:80 to [[IP]]:443"), ("GET /x 200 5316", "GET /x 200 5316"),
        ("2^33 = 8589934592", "2^33 = 8589934592"), ("tel = 4155552671", "tel = [PHONE]"),
    ])
    func redactsByName(text: String, expected: String) {
        #expect(Redactor.redact(text) == expected)
        #expect(Redactor.redact(expected) == expected)
    }

    /// The best sign that nothing is allocated without a finding: the very same storage comes back.
    @Test func cleanTextIsNotCopied() {
        let text = String(repeating: "nothing personal in here at all ", count: 10)
        func address(_ text: String) -> UnsafeRawPointer? {
            text.utf8.withContiguousStorageIfAvailable { UnsafeRawPointer($0.baseAddress) } ?? nil
        }
        #expect(
            address(Redactor.redact(text)) == address(text) && address(PromptSanitizer.sanitize(text)) == address(text))
    }
}
