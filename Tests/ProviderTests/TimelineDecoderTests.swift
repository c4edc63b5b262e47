import FoundationEssentials
import HTTPTransport
import Testing

@testable import TwitterAPI

@Suite(.timeLimit(.minutes(1)))
struct TimelineDecoderTests {
    static let good = """
        {"data":[
          {"id":"1700000000000000002","text":"Second & last","lang":"en","created_at":"2026-03-01T10:00:00.000Z",
           "author_id":"42","edit_history_tweet_ids":["1700000000000000002"],
           "public_metrics":{"like_count":3,"retweet_count":0},"entities":{"urls":[]},"brand_new":{"x":[1]}},
          {"id":"1700000000000000001","text":"RT words of another","author_id":"42",
           "referenced_tweets":[{"type":"retweeted","id":"77"}]}],
         "includes":{"users":[{"id":"42"}],"tweets":[{"id":"77","text":"words of another"}]},
         "errors":[{"resource_type":"tweet","resource_id":"5","title":"Not Found Error",
                    "type":"https://api.x.com/2/problems/resource-not-found"}],
         "meta":{"newest_id":"1700000000000000002","oldest_id":"1700000000000000001","result_count":2,"next_token":"abc"}}
        """

    func decode(
        _ body: String, status: Int = 200, headers: HTTPHeaders = [:], asked: String? = nil
    ) throws(TwitterError) -> TimelinePage {
        try TimelineDecoder(userID: "42", paginationToken: asked)
            .page(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    func page(_ entry: String) throws(TwitterError) -> TimelinePage {
        try decode(#"{"data":[\#(entry)],"meta":{"result_count":1}}"#)
    }

    @Test func readsAPage() throws {
        let page = try decode(Self.good)
        #expect(page.tweets.count == 2)
        #expect(
            page.tweets.first
                == Tweet(
                    id: "1700000000000000002", text: "Second & last", lang: "en",
                    postedAt: Date(timeIntervalSince1970: 1_772_359_200),
                    metrics: ["like_count": 3, "retweet_count": 0]))
        #expect(page.tweets[1].repostOf == "77")
        #expect(!page.tweets[1].isOwn)
        #expect(page.nextToken == "abc")
        #expect(page.newestID == "1700000000000000002")
        #expect(page.partialErrors == 1)
        #expect(page.reads == 2)
        #expect(page.tweets.allSatisfy { $0.earlierVersions.isEmpty && !$0.isOutdated })
    }

    @Test func editsNameTheVersionsBefore() throws {
        for word in ["tweet", "post"] {
            let entry = #"{"id":"9","text":"a","edit_history_\#(word)_ids":["7","8","9"]}"#
            #expect(try page(entry).tweets.first?.earlierVersions == ["7", "8"])
            #expect(try page(entry).tweets.first?.isOutdated == false)
        }
        let old = try #require(try page(#"{"id":"9","text":"a","edit_history_tweet_ids":["8","9","10"]}"#).tweets.first)
        #expect(old.isOutdated && old.earlierVersions == ["8"], "10 is the later one, though 9 looks greater")
        #expect(try page(#"{"id":"9","text":"a","edit_history_tweet_ids":null}"#).tweets.first?.isOutdated == false)
    }

    @Test func theWordPostReadsAsTheWordTweet() throws {
        let other = Self.good.replacing("edit_history_tweet_ids", with: "edit_history_post_ids")
            .replacing("referenced_tweets", with: "referenced_posts").replacing("\"tweets\":", with: "\"posts\":")
            .replacing("retweeted", with: "reposted")
        #expect(other != Self.good)
        #expect(try decode(other) == decode(Self.good))
    }

    @Test func anEmptyPageHasNoData() throws {
        #expect(try decode(#"{"meta":{"result_count":0}}"#) == TimelinePage(tweets: []))
    }

    @Test func duplicatesGoAndTheNewestIsFirst() throws {
        let page = try decode(
            #"{"data":[{"id":"9","text":"a"},{"id":"10","text":"b"},{"id":"9","text":"c"}],"meta":{"result_count":3}}"#)
        #expect(page.tweets.map(\.id) == ["10", "9"])
        #expect(page.tweets.map(\.text) == ["b", "a"])
        #expect(page.newestID == "10")
    }

    @Test func longPostsComeWhole() throws {
        let page = try page(#"{"id":"9","text":"short…","note_tweet":{"text":"short and the rest"}}"#)
        #expect(page.tweets.first?.text == "short and the rest")
    }

    @Test func theNulIsDropped() throws {
        #expect(try page(#"{"id":"9","text":"a\u0000b"}"#).tweets.first?.text == "ab")
    }

    @Test func postsOfOthersAreNotOwn() throws {
        #expect(try page(#"{"id":"9","text":"a","author_id":"43"}"#).tweets.first?.isOwn == false)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "not json", #"{"data":[]}"#, #"{"data":{},"meta":{"result_count":0}}"#,
        #"{"data":[{"id":"1","text":"a"}],"meta":{"result_count":0}}"#, #"{"meta":{"result_count":1}}"#,
        #"{"meta":{"result_count":"0"}}"#, #"{"meta":{"result_count":-1}}"#,
        #"{"meta":{"result_count":0,"next_token":7}}"#, #"{"meta":{"result_count":0,"next_token":""}}"#,
        #"{"meta":{"result_count":0,"newest_id":"x"}}"#, #"{"meta":{"result_count":0}} {}"#,
        #"{"meta":{"result_count":0},"#,
        "<html>Bad gateway</html>", #"{"meta":{"result_count":0},"errors":3}"#,
    ])
    func refusesBadPages(_ body: String) {
        let error = #expect(throws: TwitterError.self) { try decode(body) }
        guard case .malformedAnswer = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test(arguments: [
        #"{"id":9,"text":"a"}"#, #"{"id":"","text":"a"}"#, #"{"id":"12345678901234567890","text":"a"}"#,
        #"{"id":"9a","text":"a"}"#, #"{"id":"٣","text":"a"}"#, #"{"id":"9"}"#, #"{"id":"9","text":7}"#, "7", "null",
        #"{"id":"9","text":"a","created_at":"yesterday"}"#, #"{"id":"9","text":"a","created_at":1}"#,
        #"{"id":"9","text":"a","lang":"not a tag"}"#, #"{"id":"9","text":"a","public_metrics":[]}"#,
        #"{"id":"9","text":"a","public_metrics":{"like_count":-1}}"#,
        #"{"id":"9","text":"a","public_metrics":{"like_count":"1"}}"#, #"{"id":"9","text":"a","author_id":"me"}"#,
        #"{"id":"9","text":"a","referenced_tweets":{}}"#, #"{"id":"9","text":"a","edit_history_tweet_ids":{}}"#,
        #"{"id":"9","text":"a","edit_history_tweet_ids":["x"]}"#,
        #"{"id":"9","text":"a","referenced_tweets":[{"type":"retweeted"}]}"#,
        #"{"id":"9","text":"\#(String(repeating: "x", count: 128 * 1024 + 1))"}"#,
    ])
    func refusesBadPosts(_ entry: String) {
        let error = #expect(throws: TwitterError.self) { try page(entry) }
        guard case .malformedAnswer = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func aTokenThatLeadsBackIsRefused() {
        #expect(throws: TwitterError.malformedAnswer("meta.next_token leads back to the same page")) {
            try decode(Self.good, asked: "abc")
        }
    }

    @Test func everyCutIsMalformedAndNothingCrashes() {
        let bytes = Array(Self.good.utf8)
        for end in 0..<bytes.count {
            #expect(throws: TwitterError.self) { try decode(String(decoding: bytes[..<end], as: UTF8.self)) }
        }
    }

    @Test func mutationsNeverGiveWhatIsOutOfRange() {
        var random = SeededGenerator(state: 7)
        var read = 0
        for _ in 0..<2000 {
            let body = Mutation.of(Array(Self.good.utf8), &random)
            let response = HTTPResponse(status: 200, body: body)
            guard let page = try? TimelineDecoder(userID: "42").page(response) else { continue }
            read += 1
            #expect(Set(page.tweets.map(\.id)).count == page.tweets.count)
            for tweet in page.tweets {
                #expect((1...19).contains(tweet.id.utf8.count) && tweet.id.allSatisfy(\.isNumber))
                #expect(tweet.metrics.values.allSatisfy { $0 >= 0 })
                #expect(!tweet.text.utf8.contains(0))
            }
        }
        #expect(read > 50)
    }
}
