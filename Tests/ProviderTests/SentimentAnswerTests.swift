import Testing

@testable import AnthropicAPI

@Suite(.timeLimit(.minutes(1)))
struct SentimentAnswerTests {
    static let good = """
        {"tweets":[{"n":2,"sentiment":"negative","score":-0.75},{"n":1,"sentiment":"positive","score":1},\
        {"n":3,"sentiment":"neutral","score":0.0}],"themes":["work","music 🎶"],"notable":[3,1],\
        "risks":[{"n":3,"risk":"insult"},{"n":1,"risk":"spam"},{"n":3,"risk":"dispute"}],"summary":"Glad,\\nthen cross."}
        """

    @Test func readsAnAnswer() throws {
        let answer = try SentimentAnswer.decode(Self.good, expecting: 3)
        #expect(answer.tweets.map(\.n) == [1, 2, 3])
        #expect(answer.tweets.map(\.score) == [1, -0.75, 0])
        #expect(answer.tweets.map(\.sentiment) == [.positive, .negative, .neutral])
        #expect(answer.themes == ["work", "music 🎶"])
        #expect(answer.notable == [3, 1])
        #expect(answer.risks.map { "\($0.n) \($0.risk)" } == ["1 spam", "3 dispute", "3 insult"])
        #expect(answer.summary == "Glad,\nthen cross.")
        var dumped = "\(answer)"
        dump(answer, to: &dumped)
        #expect(!dumped.contains("Glad"))
    }

    @Test func edges() throws {
        let themes = Array(repeating: "\"\(String(repeating: "é", count: 60))\"", count: 10).joined(separator: ",")
        let summary = String(repeating: "x", count: 600)
        let text = #"{"tweets":[],"themes":[\#(themes)],"notable":[],"risks":[],"summary":"\#(summary)"}"#
        #expect(try SentimentAnswer.decode(text, expecting: 0).themes.count == 10)
        for worse in [
            text.replacing("xxxx\"", with: "xxxxx\""), text.replacing("é\"]", with: "éé\"]"),
            text.replacing("[\"", with: "[\"\",\""), text.replacing("notable\":[]", with: "notable\":[1]"),
            text.replacing("risks\":[]", with: "risks\":[{\"n\":1,\"risk\":\"spam\"}]"),
        ] {
            #expect(worse != text)
            #expect(throws: AnthropicError.self) { try SentimentAnswer.decode(worse, expecting: 0) }
        }
    }

    @Test(arguments: [
        ("\"n\":2,", "\"n\":1,", "tweets has n 1 twice"),
        ("\"n\":2", "\"n\":0", "an entry of tweets has an n outside 1…3"),
        ("\"n\":2", "\"n\":4", "an entry of tweets has an n outside 1…3"),
        ("\"n\":2", "\"n\":2.0", "an entry of tweets has an n outside 1…3"),
        ("\"n\":2", "\"n\":\"2\"", "an entry of tweets has an n outside 1…3"),
        ("-0.75", "-1.01", "tweet 2 has no score of −1…1"), ("-0.75", "null", "tweet 2 has no score of −1…1"),
        ("-0.75", "\"-0.75\"", "tweet 2 has no score of −1…1"),
        ("\"negative\"", "\"mixed\"", "tweet 2 has no sentiment"),
        ("\"negative\"", "\"Negative\"", "tweet 2 has no sentiment"),
        ("\"work\"", "7", "an entry of themes is no text"),
        ("\"work\"", "\"a\\nb\"", "an entry of themes has control characters"),
        ("cross", "\\u0000", "summary has control characters"),
        (",\"summary\"", ",\"politics\"", "the answer does not have exactly notable, risks, summary, themes, tweets"),
        ("[3,1]", "[3,3]", "notable has n 3 twice"), ("[3,1]", "[4]", "an entry of notable has an n outside 1…3"),
        ("[3,1]", "3", "notable is no list of at most 10"),
        ("\"insult\"", "\"dispute\"", "risks has one twice for tweet 3"),
        ("\"insult\"", "\"illness\"", "risks has none of the list for tweet 3"),
        ("{\"n\":1,\"risk\"", "{\"n\":0,\"risk\"", "an entry of risks has an n outside 1…3"),
        ("\"risk\":\"spam\"", "\"risk\":\"spam\",\"why\":\"\"", "an entry of risks does not have exactly n, risk"),
        (
            "\"score\":1}", "\"score\":1,\"health\":\"ill\"}",
            "an entry of tweets does not have exactly n, score, sentiment"
        ),
        ("\"n\":2,", "", "an entry of tweets does not have exactly n, score, sentiment"),
        ("[\"work\",\"music 🎶\"]", "{}", "themes is no list of at most 10"),
    ])
    func whatIsWrongIsNamed(_ old: String, _ new: String, _ what: String) {
        let text = Self.good.replacing(old, with: new)
        #expect(text != Self.good)
        #expect(throws: AnthropicError.malformedAnswer(what)) { try SentimentAnswer.decode(text, expecting: 3) }
    }

    @Test func tooFewOrTooManyAreRefused() {
        for count in [0, 2, 4] {
            #expect(throws: AnthropicError.malformedAnswer("tweets has 3 entries, not \(count)")) {
                try SentimentAnswer.decode(Self.good, expecting: count)
            }
        }
    }

    @Test func everyCutIsMalformed() {
        for end in Self.good.indices {
            #expect(throws: AnthropicError.self) { try SentimentAnswer.decode(String(Self.good[..<end]), expecting: 3) }
        }
        #expect(throws: AnthropicError.self) { try SentimentAnswer.decode("Sure! " + Self.good, expecting: 3) }
        #expect(throws: AnthropicError.self) { try SentimentAnswer.decode("```json\n\(Self.good)\n```", expecting: 3) }
    }

    @Test func mutationsNeverGiveWhatIsOutOfRange() {
        var random = SeededGenerator(state: 11)
        var read = 0
        for _ in 0..<2000 {
            let text = String(decoding: Mutation.of(Array(Self.good.utf8), &random), as: UTF8.self)
            guard let answer = try? SentimentAnswer.decode(text, expecting: 3) else { continue }
            read += 1
            #expect(answer.tweets.map(\.n) == [1, 2, 3])
            #expect(answer.tweets.allSatisfy { (-1...1).contains($0.score) })
            #expect(answer.themes.count <= 10 && answer.themes.allSatisfy { $0.count <= 60 })
            #expect(answer.summary.count <= 600)
        }
        #expect(read > 20)
    }
}
