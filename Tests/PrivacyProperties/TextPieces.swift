/// Texts put together from what detectors stumble over.
public enum TextPieces {
    public static let all = [
        "@", "＠", ".", ":", "/", "-", "+", "(", ")", " ", "\n", "\\", "\"", "<", "&", "_", "#", "$", ",", "=", "?", "%",
        "[", "]", "'", "!", "*", ";", "0", "1", "12", "555", "0123", "2010", "99999", "1234567", "a", "n", "x", "com",
        "me", "so", "www.", "http://", "https://t.co/", "user-", "user_", "é", "😀", "字", "。", "\u{200B}", "\u{AD}",
        "１", "Ａ", "\u{2013}", "\u{A0}", "☎", "AKIA", "AKIAIOSFODNN7EXAMPLE", "sk-ant-", "eyJ", "Bearer ", "password=",
        "token: ", "DE89370400440532013000", "4111111111111111", "4111 1111 1111 1111", "fe80", "::", "RT", "ABCDEFGH",
        "abcdefgh12345678", "call ", "order ", "id ", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----",
        "+44 20 7946 0958", "192.0.2.1", "2001:db8::1:2", "jane@example.org", "version ", "[USER]", "[PHONE]",
        "[USER_1]", "***1234", "\u{301}", "х", "example.com", "git", "--password ", " is ", "mailto:", " office",
        "-fax", "card # ", "978-0-306-40615-7", "71 123 456", "22158", "ssn ", "PH393984330018922610", "444 1 444",
        "(06 1) 234 5678", "0800 123 456", " please", "t.co/x", "64382197", "\t", "\r\n", "`", "|",
    ]

    private static let glue = ["-", " ", ".", "/", ":", ", ", "", "@", " @", "_", "(", ")", "+", "=", "\n"]

    /// One to three units, each a piece and what glues it to the next, over and over: what stands beside a finding is a finding
    /// itself, so that each replacement may bring up the next one.
    public static func chain(_ generator: inout some RandomNumberGenerator, most: Int = 24) -> String {
        let units = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            (all.randomElement(using: &generator) ?? "") + (glue.randomElement(using: &generator) ?? "")
        }
        return (0..<Int.random(in: 2...most, using: &generator)).map { _ in units.randomElement(using: &generator) ?? ""
        }
        .joined()
    }

    /// Up to `most` pieces.
    public static func text(_ generator: inout some RandomNumberGenerator, most: Int = 14) -> String {
        (0..<Int.random(in: 1...most, using: &generator)).map { _ in all.randomElement(using: &generator) ?? "" }
            .joined()
    }
}
