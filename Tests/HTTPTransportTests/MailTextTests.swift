import FoundationEssentials
import Testing

@testable import HTTPTransport

@Suite struct MailTextTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
    ])
    func base64AsInRFC4648(text: String, code: String) {
        #expect(MailText.base64(Array(text.utf8)) == code)
    }

    @Test func wordsAreShortAndSplitNoCharacter() throws {
        let text = String(repeating: "a🎉", count: 60)
        let words = MailText.encodedWords(text).split(separator: "\r\n ").map(String.init)
        #expect(words.count > 1 && words.allSatisfy { $0.utf8.count <= 75 })
        let decoded = try words.map { word in
            let data = try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2))))
            return try #require(String(data: data, encoding: .utf8))
        }
        #expect(decoded.joined() == text)
    }

    @Test func headerTextStaysReadableWhenItCan() {
        #expect(MailText.headerText("Alert: queue over limit") == "Alert: queue over limit")
        #expect(MailText.headerText("=?UTF-8?Q?fake?=").hasPrefix("=?UTF-8?B?"))
        #expect(MailText.headerText(String(repeating: "a", count: 67)).hasPrefix("=?UTF-8?B?"))
    }

    @Test(arguments: [
        ("", ""), ("a", "a\r\n"), ("a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd\r\n"), ("a = é", "a =3D =C3=A9\r\n"),
        ("end \n", "end=20\r\n"), ("a\n\nb\n", "a\r\n\r\nb\r\n"), ("a\0b", "a=00b\r\n"),
    ])
    func quotedPrintable(text: String, encoded: String) {
        #expect(String(decoding: MailText.quotedPrintable(text), as: UTF8.self) == encoded)
    }

    @Test func longLinesBreakAtSeventySix() {
        let lines = MailText.quotedPrintable(String(repeating: "é", count: 100)).split(separator: 0x0A)
        #expect(lines.allSatisfy { $0.count <= 77 }, "76 and the CR")
        #expect(lines.dropLast().allSatisfy { $0.dropLast().last == UInt8(ascii: "=") })
    }

    @Test func addresses() throws {
        #expect(try MailAddress("Ops, Team <ops@example.org>").field == "=?UTF-8?B?T3BzLCBUZWFt?= <ops@example.org>")
        #expect(try MailAddress("\"Ops\" <ops@example.org>").name == "Ops")
        #expect(try MailAddress("ops+x@example.org").field == "ops+x@example.org")
    }

    @Test func times() {
        let time = UTCTime(Date(timeIntervalSince1970: 951_782_399.9))
        #expect(time.awsTime == "20000228T235959Z")
        #expect(time.mailDate == "Mon, 28 Feb 2000 23:59:59 +0000")
        #expect(UTCTime(Date(timeIntervalSince1970: .nan)).awsTime == "19700101T000000Z")
        #expect(UTCTime(Date(timeIntervalSince1970: .infinity)).awsDate == "99991231")
    }
}
