import Foundation
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(2)))
struct XTimelineTests {
    @Test func pagesGoThroughTheWholeTimelineWithoutRepeats() async throws {
        try await withSandbox { client in
            _ = try await client.register(#"{"id":"501","tweets":120}"#)
            var seen: [String] = []
            var token: String?
            var pages = 0
            repeat {
                let query = "max_results=50" + (token.map { "&pagination_token=\($0)" } ?? "")
                let page = try await client.timeline("501", query).json
                seen += page["data"]?.array?.compactMap { $0["id"]?.string } ?? []
                token = page["meta"]?["next_token"]?.string
                pages += 1
            } while token != nil && pages < 10
            #expect(pages == 3)
            #expect(seen.count == 120)
            #expect(Set(seen).count == 120)
            let numbers = seen.compactMap(UInt64.init)
            #expect(numbers == numbers.sorted(by: >))
            #expect(seen.allSatisfy { $0.count == 19 })
        }
    }

    @Test func defaultPageHasTenPostsAndTheDefaultFields() async throws {
        try await withSandbox { client in
            let reply = try await client.timeline("502")
            #expect(reply.status == 200)
            #expect(reply.json["data"]?.array?.count == 10)
            #expect(
                reply.json["data"]?.array?.first?.object?.keys.sorted() == ["edit_history_tweet_ids", "id", "text"])
            #expect(reply.json["meta"]?["result_count"]?.int == 10)
            #expect(reply.json["meta"]?["newest_id"] == reply.json["data"]?.array?.first?["id"])
            #expect(reply.json["meta"]?["oldest_id"] == reply.json["data"]?.array?.last?["id"])
        }
    }

    @Test func onlyTheMostRecent3200CanBeReached() async throws {
        let timeline = (1...3_300).map { id in
            XTweet(
                id: UInt64(id), text: "t", createdAt: XTimelineGenerator.newest, lang: "en", inReplyToUserID: nil,
                repostedID: nil, metrics: [:])
        }.reversed()
        let page = try XTimelinePage(
            user: XUser(id: "1"), query: XTimelineQuery(FormFields("until_id=110&max_results=50")))
        let json = try page.json(of: Array(timeline))
        #expect(json["meta"]?["oldest_id"] == "101")
        #expect(json["meta"]?["result_count"] == 9)
        #expect(json["meta"]?["next_token"] == nil)
    }

    @Test func sinceUntilAndTimesBound() async throws {
        try await withSandbox { client in
            let all =
                try await client.timeline("503", "max_results=100&tweet.fields=created_at").json["data"]?.array ?? []
            let newer = try #require(all[3]["id"]?.string)
            let older = try #require(all[9]["id"]?.string)
            let between = try await client.timeline("503", "since_id=\(older)&until_id=\(newer)").json
            #expect(between["data"]?.array?.compactMap { $0["id"] } == all[4...8].compactMap { $0["id"] })
            let start = try #require(all[5]["created_at"]?.string)
            let end = try #require(all[2]["created_at"]?.string)
            let timed = try await client.timeline("503", "start_time=\(start)&end_time=\(end)").json
            #expect(timed["data"]?.array?.compactMap { $0["id"] } == all[3...5].compactMap { $0["id"] })
            let none = try await client.timeline("503", "since_id=\(try #require(all[0]["id"]?.string))").json
            #expect(none["data"] == nil)
            #expect(none["meta"] == ["result_count": 0])
        }
    }

    @Test func answersInTheSpellingOfTheQuestion() async throws {
        try await withSandbox { client in
            let query = "max_results=100&expansions=author_id,geo.place_id"
            let tweets = try await client.timeline("504", query + "&tweet.fields=referenced_tweets,public_metrics").json
            let posts = try await client.timeline("504", query + "&post.fields=referenced_posts,public_metrics").json
            let tweetNames = Set(tweets["data"]?.array?.flatMap { ($0.object ?? [:]).keys } ?? [])
            let postNames = Set(posts["data"]?.array?.flatMap { ($0.object ?? [:]).keys } ?? [])
            #expect(tweetNames == ["id", "text", "edit_history_tweet_ids", "referenced_tweets", "public_metrics"])
            #expect(postNames == ["id", "text", "edit_history_post_ids", "referenced_posts", "public_metrics"])
            #expect(posts["includes"]?["users"]?.array?.first?["id"] == "504")
            #expect(try await client.timeline("504", "tweet.fields=lang&post.fields=lang").status == 400)
        }
    }

    @Test func excludesRepliesAndReposts() async throws {
        try await withSandbox { client in
            let all = try await client.timeline("505", "max_results=100").json["data"]?.array ?? []
            let own =
                try await client.timeline("505", "max_results=100&exclude=replies,retweets").json["data"]?.array ?? []
            let texts = own.compactMap { $0["text"]?.string }
            #expect(all.contains { $0["text"]?.string?.hasPrefix("RT @") == true })
            #expect(!texts.isEmpty && texts.allSatisfy { !$0.hasPrefix("RT @") && !$0.hasPrefix("@") })
        }
    }

    @Test(arguments: [
        "max_results=4", "max_results=101", "max_results=ten", "since_id=12a", "until_id=12345678901234567890",
        "start_time=yesterday", "start_time=2026-01-02T00:00:00Z&end_time=2026-01-01T00:00:00Z", "exclude=everything",
        "tweet.fields=id,shoe_size", "pagination_token=nonsense", "colour=blue",
    ])
    func badParametersAreProblems(_ query: String) async throws {
        try await withSandbox { client in
            let reply = try await client.timeline("506", query)
            #expect(reply.status == 400)
            #expect(reply.headers["content-type"] == "application/problem+json")
            #expect(reply.json["type"] == "https://api.x.com/2/problems/invalid-request")
        }
    }

    @Test func aPageTokenOfAnotherUserIsRefused() async throws {
        try await withSandbox { client in
            let token = try #require(try await client.timeline("507").json["meta"]?["next_token"]?.string)
            #expect(try await client.timeline("507", "pagination_token=\(token)").status == 200)
            #expect(try await client.timeline("508", "pagination_token=\(token)").status == 400)
        }
    }

    @Test func accountsThatCannotBeShown() async throws {
        try await withSandbox { client in
            _ = try await client.register(#"{"id":"511","state":"protected"}"#)
            _ = try await client.register(#"{"id":"512","state":"suspended"}"#)
            let protected = try await client.timeline("511")
            #expect(protected.status == 404)
            #expect(protected.json["type"] == "https://api.x.com/2/problems/not-authorized-for-resource")
            let suspended = try await client.timeline("512")
            #expect(suspended.status == 200)
            #expect(suspended.json["data"] == nil)
            #expect(suspended.json["errors"]?.array?.count == 1)
            let unknown = try await client.timeline("513", token: "sandbox-512")
            #expect(unknown.status == 404)
            #expect(unknown.json["type"] == "https://api.x.com/2/problems/resource-not-found")
            #expect(try await client.timeline("anna", token: "sandbox-512").status == 400)
        }
    }

    @Test func rateWindowClosesAndOpensAgain() async throws {
        let clock = HandClock()
        try await withSandbox({ $0.now = { clock.now } }) { client in
            let first = try await client.timeline("521")
            #expect(first.headers["x-rate-limit-limit"] == "900")
            #expect(first.headers["x-rate-limit-remaining"] == "899")
            let reset = String(Int(clock.now.timeIntervalSince1970) + 900)
            #expect(first.headers["x-rate-limit-reset"] == reset)
            for _ in 2...900 { _ = try await client.timeline("521", "max_results=5") }
            let refused = try await client.timeline("521")
            #expect(refused.status == 429)
            #expect(refused.json["type"] == "about:blank")
            #expect(refused.headers["x-rate-limit-remaining"] == "0")
            #expect(refused.headers["x-rate-limit-reset"] == reset)
            #expect(try await client.timeline("522").status == 200)  // another user's window
            clock.advance(899)
            #expect(try await client.timeline("521").status == 429)
            clock.advance(1)
            #expect(try await client.timeline("521").status == 200)
        }
    }

    @Test func theAppsWindowHoldsForAllUsersTogether() {
        var window = XRateWindow(limit: 10_000)
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        for _ in 1...10_000 { _ = window.take("app", now: now) }
        let oneMore = window.take("app", now: now)
        #expect(!oneMore.isAllowed)
    }

    @Test func generatedTimelinesFollowMoodAndAreTheSameEachTime() {
        let glad = XTimelineGenerator.timeline(user: "7", mood: .glad, count: 200)
        #expect(glad == XTimelineGenerator.timeline(user: "7", mood: .glad, count: 200))
        #expect(glad != XTimelineGenerator.timeline(user: "8", mood: .glad, count: 200))
        let angry = XTimelineGenerator.timeline(user: "7", mood: .angry, count: 200)
        func mean(_ tweets: [XTweet]) -> Double {
            tweets.map { Sentiment.score($0.text) }.reduce(0, +) / Double(tweets.count)
        }
        #expect(mean(glad) > 0.3)
        #expect(mean(angry) < -0.3)
        let kinds = Set(glad.flatMap { PersonalLook.findings(in: $0.text).map(\.kind) })
        #expect(kinds.isSuperset(of: [.email, .mention, .url, .phone, .ip]))
    }
}
