import Privacy
import Testing

@testable import TwitterAPI

@Suite(.timeLimit(.minutes(1)))
struct ComplianceDecoderTests {
    @Test func everyReasonIsReadAndANewOneStillMeansDelete() throws {
        for reason in ComplianceVerdict.Reason.allCases where reason != .other {
            #expect(try verdict(line("17", reason.rawValue)) == ComplianceVerdict(id: "17", reason: reason))
        }
        #expect(try verdict(line("17", "abducted"))?.reason == .other)
        #expect(try verdict(" \r") == nil)
    }

    @Test(arguments: [
        "{", "[]", #"{"id":17,"action":"delete","reason":"deleted"}"#, #"{"id":"x","action":"delete"}"#,
        #"{"id":"17","action":"keep"}"#, #"{"id":"17"}"#, #"{"id":"12345678901234567890","action":"delete"}"#, "\u{0}",
    ])
    func whatIsNoVerdictIsRefused(_ line: String) {
        #expect(throws: TwitterError.self) { try verdict(line) }
    }

    @Test func aJobNamesItsAddresses() throws {
        let json = try JSONValue(
            parsing: #"{"id":"9","status":"in_progress","upload_url":"https://a.example/u","download_url":null}"#)
        let job = try ComplianceDecoder.job(json)
        #expect(job.id == "9" && job.status == .inProgress && job.downloadURL == nil)
        #expect(job.uploadURL?.reveal() == "https://a.example/u")
        for broken in [
            "null", "{}", #"{"id":"9","status":"done"}"#, #"{"id":"9","status":"created","upload_url":"a b c d e"}"#,
        ] {
            #expect(throws: TwitterError.self) { try ComplianceDecoder.job(JSONValue(parsing: broken)) }
        }
    }

    private func line(_ id: String, _ reason: String) -> String {
        #"{"id":"\#(id)","action":"delete","created_at":"2026-01-01T00:00:00Z","reason":"\#(reason)"}"#
    }

    private func verdict(_ text: String) throws -> ComplianceVerdict? {
        try ComplianceDecoder.verdict(Array(text.utf8))
    }
}
