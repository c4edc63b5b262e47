import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import Privacy
import TestKit
import Testing

extension House.Plan {
    /// The analyzer and the sandbox.
    static func analysis(_ environment: [String: String] = [:], consumers: [String] = ["repazoo-analyze"]) -> House.Plan
    {
        var plan = House.Plan()
        plan.consumers = consumers
        plan.environment = environment
        return plan
    }
}

/// An analysis as it is stored.
struct StoredAnalysis {
    let text: String
    let json: Privacy.JSONValue
    let model: String
    let inputTokens: Int
    let outputTokens: Int

    struct Label: Equatable {
        let sentiment: String
        let score: Double
    }

    /// By tweet id.
    var tweets: [String: Label] {
        Dictionary(
            (json["tweets"]?.elements ?? []).map { tweet in
                (
                    tweet["id"]?.string ?? "",
                    Label(sentiment: tweet["sentiment"]?.string ?? "", score: tweet["score"]?.number ?? 9)
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    var declined: [String] { texts("declined") }
    var summary: String { json["summary"]?.string ?? "" }
    func texts(_ name: String) -> [String] { (json[name]?.elements ?? []).compactMap(\.string) }
}

extension House {
    /// A subscribed user with these tweets stored, numbered from 1 on, a day apart.
    func addReader(_ user: String, tier: String = "pro", tweets: [String]) async throws {
        try await postgres.atomically([
            "insert into users (id, handle, display_name, email) values (\(user), 'canaryhandle', 'Canary Q. Person', 'canary@example.org')",
            "insert into oauth_tokens (user_id, access_token) values (\(user), '')",
            "insert into subscriptions (user_id, tier, status) values (\(user), \(tier), 'active')",
        ])
        try await addTweets(user, tweets)
    }

    func addTweets(_ user: String, _ tweets: [String], from first: Int = 1) async throws {
        let ids = tweets.indices.map { "\(first + $0)" }
        try await postgres.query(
            """
            insert into twitter_data (user_id, tweet_id, text, posted_at, retain_until)
            select \(user), id, text, now() - make_interval(days => id::integer), now() + interval '90 days'
            from unnest(\(ids)::text[], \(tweets)::text[]) as t (id, text)
            """)
    }

    @discardableResult
    func ask(_ user: String, id: MessageID = .random()) async throws -> MessageID {
        try await publish(AnalyzeRequest(userID: try #require(UserID(user))), id: id)
    }

    /// Asks for an analysis, waits for it, and reads it.
    func analysis(of user: String, within limit: Duration = .seconds(60)) async throws -> StoredAnalysis {
        let id = try await ask(user)
        #expect(try await outcome(of: id, at: .analyze, within: limit) == "done")
        return try await analysis(by: id)
    }

    func analysis(by id: MessageID) async throws -> StoredAnalysis {
        let row = try #require(
            try await postgres.query(
                """
                select result::text as result, model, input_tokens, output_tokens from analyses
                where message_id = \(id.rawValue)
                """
            ).first)
        let text = try row.decode(String.self, "result")
        return StoredAnalysis(
            text: text, json: try Privacy.JSONValue(parsing: text), model: try row.decode(String.self, "model"),
            inputTokens: try row.decode(Int.self, "input_tokens"),
            outputTokens: try row.decode(Int.self, "output_tokens"))
    }

    // MARK: The sandbox

    /// How Anthropic is played from now on.
    func play(_ json: String) async throws {
        let answer = try await http.send(
            HTTPRequest(.put, sandboxURL + "/sandbox/anthropic", body: .bytes(Array(json.utf8))))
        #expect(answer.status == 204, "\(String(decoding: answer.body, as: UTF8.self))")
    }

    func play(orders: [(phrase: String, effect: String)], inside: Bool) async throws {
        let list = Privacy.JSONValue.array(orders.map { ["phrase": .string($0.phrase), "effect": .string($0.effect)] })
        try await play(#"{"obeys":\#(list.serialized()),"obeys_inside":\#(inside)}"#)
    }

    struct Call {
        let method: String
        let path: String
        let status: Int
        let body: String

        /// The tweets of a single call's prompt.
        var tweets: Int { body.components(separatedBy: #"{\"n\":"#).count - 1 }
    }

    /// What the sandbox's Anthropic was asked, but for models.
    func calls() async throws -> [Call] {
        let answer = try await http.send(
            HTTPRequest(.get, sandboxURL + "/sandbox/log?provider=anthropic", maxResponseBytes: 512 << 20))
        let entries = try Privacy.JSONValue(parsing: answer.body, maximumBytes: 512 << 20).elements ?? []
        return entries.compactMap { entry in
            guard let path = entry["path"]?.string, !path.contains("/models") else { return nil }
            return Call(
                method: entry["method"]?.string ?? "", path: path, status: Int(entry["status"]?.integer ?? 0),
                body: entry["body"]?.string ?? "")
        }
    }

    /// The bodies of all single calls.
    func prompts() async throws -> [String] {
        try await calls().filter { $0.path.hasSuffix("/v1/messages") }.map { call in
            (try? Privacy.JSONValue(parsing: call.body))?["messages"]?[0]?["content"]?.string ?? ""
        }
    }

    func reason(_ id: MessageID) async throws -> String {
        try await postgres.query(
            "select detail->>'reason' as reason from audit_log where detail->>'message_id' = \(id.rawValue) and outcome = 'refused'"
        ).first?.decode(String.self, "reason") ?? ""
    }
}
