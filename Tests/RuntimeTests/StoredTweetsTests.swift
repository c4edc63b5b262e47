import Contracts
import FoundationEssentials
import Isolation
import Postgres
import TestKit
import Testing
import TwitterAPI

@testable import Ingestion

/// What ingestion leaves in `twitter_data`.
@Suite(.timeLimit(.minutes(1)))
struct StoredTweetsTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let user = UserID("user-1")

    private func with(_ body: (CommitDesk, UserRows) async throws -> Void) async throws {
        let user = try #require(user)
        try await CommitDesk.with(SharedServers.address(of: .postgres), users: ["user-1"]) { desk in
            try await body(desk, desk.pool.rows(of: user))
        }
    }

    private func store(_ tweets: [Tweet], _ rows: UserRows) async throws {
        try await rows.atomically(StoredTweets.statements(for: tweets, of: rows.user, at: now))
    }

    private func texts(_ desk: CommitDesk) async throws -> [String] {
        try await desk.messages(
            "select tweet_id || ' ' || text || ' ' || coalesce(superseded_by, '') || ' ' || (deleted_at is null) from twitter_data"
        )
    }

    /// The page that was read before an edit is stored after the one that was read after it.
    @Test func whatAnEditSupersededNeverComesBack() async throws {
        try await with { desk, rows in
            try await store([Tweet(id: "12", text: "third", earlierVersions: ["9", "11"])], rows)
            try await store([Tweet(id: "9", text: "first"), Tweet(id: "8", text: "other")], rows)
            #expect(try await texts(desk) == ["11  12 false", "12 third  true", "8 other  true", "9  12 false"])
            try await store([Tweet(id: "13", text: "fourth", earlierVersions: ["9", "11", "12"])], rows)
            #expect(
                try await texts(desk)
                    == ["11  13 false", "12  13 false", "13 fourth  true", "8 other  true", "9  13 false"])
        }
    }

    @Test func aDeletedTweetStaysAsItIs() async throws {
        try await with { desk, rows in
            try await store([Tweet(id: "1", text: "words")], rows)
            try await desk.pool.query("update twitter_data set deleted_at = now(), text = ''")
            try await store([Tweet(id: "1", text: "words")], rows)
            #expect(try await texts(desk) == ["1   false"])
        }
    }

    @Test func ofOthersOnlyTheIdIsKept() async throws {
        try await with { desk, rows in
            let metrics = ["like_count": 7]
            try await store(
                [
                    Tweet(id: "1", text: "own", lang: "en", metrics: metrics),
                    Tweet(id: "2", text: "RT theirs", lang: "en", metrics: metrics, repostOf: "77", isOwn: false),
                    Tweet(id: "3", text: "theirs", lang: "en", metrics: metrics, isOwn: false),
                ], rows)
            #expect(
                try await desk.messages(
                    "select concat_ws('|', tweet_id, text, lang, metrics::text) from twitter_data")
                    == [#"1|own|en|{"like_count": 7}"#, #"2||{"repost_of": "77"}"#, "3||{}"])
            #expect(
                try await desk.messages("select extract(epoch from retain_until)::bigint::text from twitter_data")
                    == Array(repeating: "1807776000", count: 3), "90 days")
        }
    }

    @Test func idsAreComparedAsNumbers() async throws {
        try await with { desk, rows in
            try await store(["9", "10", "99", "100", "1700000000000000001"].map { Tweet(id: $0, text: "x") }, rows)
            #expect(try await StoredTweets.newestID(rows) == "1700000000000000001")
            #expect(try await StoredTweets.ids(rows, after: "10") == ["99", "100", "1700000000000000001"])
            #expect(try await StoredTweets.ids(rows, after: nil).count == 5)
        }
    }

    /// A page of a hundred, again and again: texts that hold everything an array literal could stumble over.
    @Test func wordsArriveAsTheyAre() async throws {
        try await with { desk, rows in
            let words = [
                #"back\slash"#, #""quoted""#, "{a,b}", "NULL", "", "line\nbreak", "Größe 🔑", "'; drop table users",
            ]
            let tweets = words.enumerated().map { Tweet(id: "\($0.offset + 1)", text: $0.element) }
            for _ in 0..<2 { try await store(tweets, rows) }
            let stored = try await desk.pool.query("select text from twitter_data order by tweet_id")
            #expect(try stored.map { try $0.decode(String.self, at: 0) } == words)
        }
    }
}
