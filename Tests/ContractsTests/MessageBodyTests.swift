import Contracts
import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1)))
struct MessageBodyTests {
    private let user: UserID
    private let cause: MessageID
    private let time = Date(timeIntervalSince1970: 1_767_236_400)  // 2026-01-01T03:00:00Z

    init() throws {
        user = try #require(UserID("user-123456"))
        cause = try #require(MessageID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
    }

    private func wrong<Body: MessageBody>(_ type: Body.Type, _ json: String) -> InvalidMessage? {
        do throws(InvalidMessage) {
            _ = try Body.decode(Array(json.utf8))
            return nil
        } catch { return error }
    }

    private func text(_ body: some MessageBody) -> String { String(decoding: body.encode(), as: UTF8.self) }

    @Test func ingestDefaults() throws {
        let request = try IngestRequest.decode(Array(#"{"user_id":"user-123456","later":{"x":[1]}}"#.utf8))
        #expect(request == IngestRequest(userID: user, maxTweets: 800, analyze: true))
    }

    @Test func encodingIsStable() {
        #expect(
            text(IngestRequest(userID: user, maxTweets: 5, analyze: false))
                == #"{"user_id":"user-123456","max_tweets":5,"analyze":false}"#)
        #expect(text(AnalyzeRequest(userID: user)) == #"{"user_id":"user-123456","kind":"sentiment"}"#)
        #expect(text(ExportRequest(userID: user)) == #"{"user_id":"user-123456"}"#)
        #expect(
            text(EraseRequest(userID: user, reason: "a \"b\"\\")) == #"{"user_id":"user-123456","reason":"a \"b\"\\"}"#)
        #expect(
            text(Tick(schedule: "retention", slot: time)) == #"{"schedule":"retention","slot":"2026-01-01T03:00:00Z"}"#)
        let event = Event(
            .analysisCompleted, userID: user, causeID: cause, at: time, detail: ["b": [1, nil, true], "a": ["x": 0.5]])
        #expect(
            text(event) == #"{"event":"analysis.completed","user_id":"user-123456","#
                + #""message_id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","at":"2026-01-01T03:00:00Z","#
                + #""detail":{"a":{"x":0.5},"b":[1,null,true]}}"#)
    }

    @Test func everyBodySurvivesTheRoundTrip() throws {
        func same<Body: MessageBody>(_ body: Body) throws { #expect(try Body.decode(body.encode()) == body) }
        try same(IngestRequest(userID: user, maxTweets: 3200, analyze: false))
        try same(AnalyzeRequest(userID: user))
        try same(ExportRequest(userID: user, requestedBy: "support 😀"))
        try same(EraseRequest(userID: user, reason: "asked"))
        try same(Tick(schedule: "monitor", slot: time))
        try same(
            Event(.ingestRefused, userID: user, causeID: cause, at: time, reason: RefusalReason.noConsent.rawValue))
        try same(Event(.alertOpened, causeID: cause, at: time, detail: ["text": "line\n\u{1}\u{7F}", "n": -3]))
    }

    @Test(arguments: [
        ("{}", "user_id"), (#"{"user_id":null}"#, "user_id"), (#"{"user_id":7}"#, "user_id"),
        (#"{"user_id":""}"#, "user_id"),
        (#"{"user_id":"a b"}"#, "user_id"), (#"{"user_id":["a"]}"#, "user_id"),
        (#"{"user_id":"a","max_tweets":0}"#, "max_tweets"), (#"{"user_id":"a","max_tweets":3201}"#, "max_tweets"),
        (#"{"user_id":"a","max_tweets":800.0}"#, "max_tweets"), (#"{"user_id":"a","max_tweets":8e2}"#, "max_tweets"),
        (#"{"user_id":"a","max_tweets":true}"#, "max_tweets"), (#"{"user_id":"a","max_tweets":"5"}"#, "max_tweets"),
        (#"{"user_id":"a","max_tweets":99999999999999999999}"#, "max_tweets"),
        (#"{"user_id":"a","max_tweets":null}"#, "max_tweets"),
        (#"{"user_id":"a","analyze":1}"#, "analyze"), (#"{"user_id":"a","analyze":"true"}"#, "analyze"),
    ])
    func ingestRefuses(json: String, field: String) {
        #expect(wrong(IngestRequest.self, json)?.part == .field(field))
    }

    @Test func tweetLimitsOnBothSidesOfTheEdge() throws {
        for count in [1, 3200] {
            #expect(
                try IngestRequest.decode(Array("{\"user_id\":\"a\",\"max_tweets\":\(count)}".utf8)).maxTweets == count)
        }
    }

    @Test func otherBodiesRefuse() {
        #expect(wrong(AnalyzeRequest.self, #"{"user_id":"a","kind":"politics"}"#)?.part == .field("kind"))
        #expect(
            wrong(ExportRequest.self, #"{"user_id":"a","requested_by":"a\u0000b"}"#)?.part == .field("requested_by"))
        #expect(wrong(EraseRequest.self, #"{"user_id":"a","reason":5}"#)?.part == .field("reason"))
        #expect(wrong(Tick.self, #"{"slot":"2026-01-01T03:00:00Z"}"#)?.part == .field("schedule"))
        #expect(wrong(Tick.self, #"{"schedule":"x","slot":"2026-01-01T03:00:00+01:00"}"#)?.part == .field("slot"))
        #expect(wrong(Tick.self, #"{"schedule":"x","slot":1767236400}"#)?.part == .field("slot"))
        let event = #""message_id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","at":"2026-01-01T03:00:00Z""#
        #expect(wrong(Event.self, "{\"event\":\"ingest\",\(event)}")?.part == .field("event"))
        #expect(wrong(Event.self, "{\"event\":\"a.#\",\(event)}")?.part == .field("event"))
        #expect(wrong(Event.self, "{\"event\":\"a.b\",\(event),\"detail\":[]}")?.part == .field("detail"))
        #expect(wrong(Event.self, "{\"event\":\"a.b\",\(event)}") == nil)
    }

    @Test func errorsNeverHoldValues() {
        for json in [
            #"{"user_id":"secret value"}"#, #"{"user_id":"u","kind":"secret"}"#, #"{"secret":"#, #"{"user_id":"secret"#,
        ] {
            let error = wrong(AnalyzeRequest.self, json)
            #expect(error != nil && !"\(error as Any)".contains("secret"))
        }
        #expect(
            "\(wrong(IngestRequest.self, #"{"user_id":"a","max_tweets":-1}"#) as Any)".contains(
                "field max_tweets, expected an integer from 1 to 3200"))
    }

    @Test func followUpComesBackByteForByteFromTheReceipt() throws {
        let followUps = [
            FollowUp(AnalyzeRequest(userID: user)),
            FollowUp(Event(.ingestCompleted, userID: user, causeID: cause, at: time, detail: ["z": 1, "a": "\"\n😀"])),
        ]
        #expect(try FollowUp.list(receiptText: FollowUp.receiptText(followUps)) == followUps)
        #expect(try FollowUp.list(receiptText: " [ ] ").isEmpty)
        #expect(followUps.map(\.isMandatory) == [true, false])
        #expect(followUps.map(\.routingKey.rawValue) == ["analyze", "ingest.completed"])
        #expect(followUps[0].messageID(cause: cause) == .derived(from: cause, name: "repazoo.analyze.v1"))
        #expect(followUps[0].messageID(cause: cause) != followUps[1].messageID(cause: cause))
        #expect(!"\(followUps)".contains("123"))
        for text in ["{}", "[1]", "[{}]", #"[{"exchange":"e","routing_key":"k","type":"t","name":"n"}]"#, "[] []"] {
            #expect(throws: InvalidMessage.self) { try FollowUp.list(receiptText: text) }
        }
    }
}
