import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import Privacy
import RateLimits
import Redis
import TestKit
import Testing

@testable import TwitterAPI
@testable import TwitterCalls

/// A house with a sandbox and no consumer, and ways to X as several processes would have them.
struct CallsScope {
    let house: House
    let app: TwitterApp

    static func with(_ body: (CallsScope) async throws -> Void) async throws {
        var plan = House.Plan()
        plan.consumers = []
        try await House.with(plan) { house in
            try await body(
                CallsScope(
                    house: house,
                    app: TwitterApp(
                        clientID: uniqueName("app"), clientSecret: "secret", apiURL: house.sandboxURL + "/twitter")))
        }
    }

    /// A way to X with a connection to Redis and a circuit of its own.
    func calls(
        _ user: String = "900/15m", app limit: String = "10000/15m", redis url: String? = nil, at apiURL: String? = nil
    ) throws -> TwitterCalls {
        var configuration = try RedisConfiguration(url: url ?? house.addresses.redis)
        configuration.availabilityTimeout = .milliseconds(500)
        configuration.commandTimeout = .milliseconds(500)
        return TwitterCalls(
            client: try TwitterClient(http: house.http, baseURL: apiURL ?? app.apiURL), app: app,
            limits: .init(
                user: try #require(RateLimit(setting: user)), app: try #require(RateLimit(setting: limit))),
            redis: RedisClient(configuration), postgres: house.postgres, actor: "repazoo")
    }

    /// Calls to X's timelines that the sandbox has had.
    func callsSeen() async throws -> Int {
        let log = try await house.http.send(.init(.get, house.sandboxURL + "/sandbox/log?provider=twitter"))
        return String(decoding: log.body, as: UTF8.self).components(separatedBy: "/tweets\"").count - 1
    }
}

extension TwitterCalls {
    @discardableResult
    func page(_ account: String) async throws -> TimelinePage {
        try await timelinePage(
            of: account, for: try #require(UserID("user-\(account)")), token: SecretString("sandbox-\(account)"),
            sinceID: nil,
            paginationToken: nil, maxResults: 5)
    }

    /// What keeps a call from being made or answered.
    func refusal(_ account: String) async -> RateLimited? {
        await #expect(throws: RateLimited.self) { try await page(account) }
    }

    /// One call with an answer that the test makes up.
    func answered(_ rate: RateHeaders, _ result: Result<Int, TwitterError> = .success(1)) async throws -> Int {
        let user = try #require(UserID("user-1"))
        return try await send(.timeline, for: user) {
            TwitterAnswer(result, rate: rate, wasSent: true)
        }
    }
}
