import Foundation
import HTTPTransport
import Privacy
import Testing

@testable import TwitterAPI

@Suite(.timeLimit(.minutes(1)))
struct TwitterClientTests {
    let http = HTTPClient()
    let token: SecretString = "canary-token"

    func page(_ base: String, since: String? = nil, next: String? = nil, style: TwitterFieldStyle = .tweet) async throws
        -> TimelinePage
    {
        try await TwitterClient(http: http, baseURL: base, fieldStyle: style).timelinePage(
            of: "42", token: token, sinceID: since, paginationToken: next, maxResults: 500
        ).get()
    }

    func refresh(_ base: String) async throws -> TokenGrant {
        try await TwitterClient(http: http, baseURL: base).refreshToken(
            refresh: "canary+refresh/=", clientID: "client", clientSecret: "canary-secret"
        ).get()
    }

    @Test func asksAsXWantsIt() async throws {
        let server = try ScriptedServer(.answer(200, TimelineDecoderTests.good))
        let page = try await page(server.url + "/twitter/", since: "5", next: "a&b=ü")
        #expect(page.tweets.count == 2)
        let request = try #require(server.requests.first)
        #expect(
            request.hasPrefix(
                "GET /twitter/2/users/42/tweets?max_results=100&since_id=5&pagination_token=a%26b%3D%C3%BC&tweet.fields="
            ))
        #expect(request.lowercased().contains("\r\nauthorization: bearer canary-token\r\n"))
        #expect(request.contains("referenced_tweets"))
    }

    @Test func asksForPostsWhereSoConfigured() async throws {
        let server = try ScriptedServer(.answer(200, #"{"meta":{"result_count":0}}"#))
        _ = try await page(server.url, style: .post)
        let request = try #require(server.requests.first)
        #expect(request.contains("&post.fields=") && request.contains("referenced_posts"))
        #expect(!request.contains("tweet.fields"))
    }

    @Test(arguments: ["", "me", "4/2", "12345678901234567890", "42?x"])
    func idsAreCheckedBeforeAnythingIsSent(_ id: String) async throws {
        let client = try TwitterClient(http: http, baseURL: "https://127.0.0.1:1")
        let answer = await client.timelinePage(of: id, token: token)
        #expect(!answer.wasSent)
        #expect(throws: TwitterError.invalidRequest("the account's id is not 1 to 19 digits")) { try answer.get() }
    }

    @Test(arguments: [
        "", "x.com", "ftp://x.com", "http://x.com", "http://127.0.0.1.evil.com", "http://localhost@x.com", "https://",
        "https://u:p@x.com", "https://x.com/?a", "https://x.com/#a", "http://128.0.0.1", "https://x .com",
    ])
    func baseAddressesAreChecked(_ base: String) {
        #expect(throws: TwitterError.self) { try TwitterClient(http: http, baseURL: base) }
    }

    @Test(arguments: [
        "https://api.x.com", "HTTPS://api.x.com/", "http://localhost:9/twitter", "http://[::1]:9",
        "http://127.9.9.9/a/",
    ])
    func goodBaseAddresses(_ base: String) throws { _ = try TwitterClient(http: http, baseURL: base) }

    @Test func aCutAnswerIsMalformed() async throws {
        let server = try ScriptedServer(.answer(200, "{\"data\":[", claimedLength: 500))
        await #expect(throws: TwitterError.malformedAnswer("it was cut off")) { try await page(server.url) }
    }

    @Test func aHugeAnswerIsMalformed() async throws {
        let server = try ScriptedServer(.answer(200, String(repeating: " ", count: 4 << 20 + 1)))
        await #expect(throws: TwitterError.malformedAnswer("it is over 4 MiB")) { try await page(server.url) }
    }

    @Test func nobodyThere() async throws {
        let port = try ScriptedServer.closedPort()
        await #expect(throws: TwitterError.unavailable(.network, retryAfter: nil)) {
            try await page("http://127.0.0.1:\(port)")
        }
        await #expect(throws: TwitterError.unavailable(.network, retryAfter: nil)) {
            try await refresh("http://127.0.0.1:\(port)")
        }
    }

    @Test func refreshes() async throws {
        let server = try ScriptedServer(.answer(200, TokenGrantDecoderTests.good))
        #expect(try await refresh(server.url + "/twitter").access == "canary-access")
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /twitter/2/oauth2/token HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\ngrant_type=refresh_token&refresh_token=canary%2Brefresh%2F%3D"))
        let basic = Data("client:canary-secret".utf8).base64EncodedString()
        #expect(request.contains("Basic \(basic)\r\n"))
    }

    /// The request was read and the answer is lost.
    @Test func aLostAnswerToARefreshMayHaveHappened() async throws {
        let server = try ScriptedServer(.hangUp)
        let error = await #expect(throws: TwitterError.self) { try await refresh(server.url) }
        #expect(error == .refreshMayHaveHappened)
        #expect(server.requests.count == 1)
        let cut = try ScriptedServer(.answer(200, "{", claimedLength: 500))
        await #expect(throws: TwitterError.refreshMayHaveHappened) { try await refresh(cut.url) }
    }

    @Test func aTokenThatNoHeaderCarriesIsNotSent() async throws {
        let client = try TwitterClient(http: http, baseURL: "https://127.0.0.1:1")
        let answer = await client.timelinePage(of: "42", token: "a\r\nb: c")
        #expect(!answer.wasSent)
        #expect(throws: TwitterError.unauthorized) { try answer.get() }
    }

    /// What may have been counted is told from what cannot have been.
    @Test func everyAnswerTellsWhetherItWasSentAndWhatItSaysOfLimits() async throws {
        let headers = [
            "x-rate-limit-limit": "900", "x-rate-limit-remaining": "7", "x-rate-limit-reset": "1772360100",
            "Date": "Sun, 01 Mar 2026 10:00:00 GMT",
        ]
        let words: [(Int, String)] = [
            (200, #"{"meta":{"result_count":0}}"#), (200, "{"), (404, ""), (429, ""), (503, ""), (401, ""),
        ]
        for (status, body) in words {
            let server = try ScriptedServer(.answer(status, body, headers: headers))
            let answer = try await TwitterClient(http: http, baseURL: server.url).timelinePage(of: "42", token: token)
            #expect(answer.wasSent && answer.rate.window?.remaining == 7, "\(status)")
            let reset = try #require(answer.rate.resetsAt)
            #expect(answer.rate.pause(until: reset, at: .distantPast) == .seconds(900), "by X's own clock")
        }
        let cut = try ScriptedServer(.hangUp)
        #expect(try await TwitterClient(http: http, baseURL: cut.url).timelinePage(of: "42", token: token).wasSent)
        let nobody = try TwitterClient(http: http, baseURL: "http://127.0.0.1:\(try ScriptedServer.closedPort())")
        #expect(await !nobody.timelinePage(of: "42", token: token).wasSent)
    }

    @Test func limitsOfADayAreReadWhenTheyAreUsedUp() async throws {
        let reset = Date(timeIntervalSince1970: 1_772_400_000)
        for (whose, left) in [("user", "0"), ("app", "0"), ("user", "1"), ("app", "x")] {
            let server = try ScriptedServer(
                .answer(
                    200, #"{"meta":{"result_count":0}}"#,
                    headers: [
                        "x-\(whose)-limit-24hour-limit": "100", "x-\(whose)-limit-24hour-remaining": left,
                        "x-\(whose)-limit-24hour-reset": "1772400000",
                    ]))
            let rate = try await TwitterClient(http: http, baseURL: server.url).timelinePage(of: "42", token: token)
                .rate
            #expect(rate.userDayEndsAt == (whose == "user" && left == "0" ? reset : nil))
            #expect(rate.appDayEndsAt == (whose == "app" && left == "0" ? reset : nil))
        }
    }

    /// A server that says a byte now and then, and never all of it.
    @Test func aDrippingAnswerEndsByTheTimeOut() async throws {
        let server = try ScriptedServer(.drip(200, String(repeating: " ", count: 1000), everyMilliseconds: 50))
        let client = try TwitterClient(http: http, baseURL: server.url, timeout: .milliseconds(600))
        let start = ContinuousClock.now
        let answer = await client.timelinePage(of: "42", token: token)
        #expect(throws: TwitterError.unavailable(.timeout, retryAfter: nil)) { try answer.get() }
        #expect(answer.wasSent && ContinuousClock.now - start < .seconds(20))
    }
}
