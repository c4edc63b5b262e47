import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct XTimelineFileTests {
    @Test func keepsIdsAndTextsNewestFirst() async throws {
        let lines = """
            {"id":7,"text":"first","sentiment":-1.2}
            {"id":"21","text":"latest &amp; best 😀","lang":"de","public_metrics":{"like_count":4}}

            {"id":9,"text":"middle","created_at":"2026-03-01T10:00:00Z"}
            """
        let tweets = try XTimelineFile.read(Array(lines.utf8))
        #expect(tweets.map(\.id) == [21, 9, 7])
        try await withSandbox({ $0.timeline = tweets }) { client in
            let page = try await client.timeline("31", "tweet.fields=lang,created_at,public_metrics").json["data"]?
                .array
            #expect(page?.compactMap { $0["id"]?.string } == ["21", "9", "7"])
            #expect(page?[0]["text"] == "latest &amp; best 😀")
            #expect(page?[0]["lang"] == "de")
            #expect(page?[0]["public_metrics"]?["like_count"] == 4)
            #expect(page?[1]["created_at"] == "2026-03-01T10:00:00.000Z")
        }
    }

    @Test(arguments: [
        ("{\"id\":1,\"text\":\"a\"}\nnot json", 2, "not one JSON object in UTF-8"),
        ("{\"id\":1,\"text\":\"a\"}\n\n[1]", 3, "not one JSON object in UTF-8"),
        ("{\"text\":\"a\"}", 1, "\"id\" is not 1 to 19 digits"),
        ("{\"id\":-4,\"text\":\"a\"}", 1, "\"id\" is not 1 to 19 digits"),
        ("{\"id\":\"12345678901234567890\",\"text\":\"a\"}", 1, "\"id\" is not 1 to 19 digits"),
        ("{\"id\":1}", 1, "\"text\" is missing or not a string"),
        ("{\"id\":1,\"text\":\"a\"}\n{\"id\":\"1\",\"text\":\"b\"}", 2, "the id stands on line 1 already"),
        ("{\"id\":1,\"text\":\"a\",\"created_at\":\"soon\"}", 1, "\"created_at\" is not an RFC 3339 time"),
    ])
    func namesTheLineAndWhatIsWrong(_ text: String, _ line: Int, _ problem: String) {
        #expect(throws: XTimelineFileError(line: line, problem: problem)) { try XTimelineFile.read(Array(text.utf8)) }
    }

    @Test func bytesThatAreNotTextAreRefused() {
        #expect(throws: XTimelineFileError.self) { try XTimelineFile.read([0x7B, 0xFF, 0xFE, 0x7D]) }
        #expect(throws: XTimelineFileError.self) { try XTimelineFile.read(Array(repeating: 0x5B, count: 100_000)) }
    }
}
