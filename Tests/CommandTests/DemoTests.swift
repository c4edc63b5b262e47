import Testing

@testable import OperatorCommands

@Suite(.timeLimit(.minutes(1)))
struct DemoTests {
    @Test func agreementIsJudgedAgainstTheMarginals() {
        let stored = ["1": "positive", "2": "negative", "3": "positive", "4": "neutral", "5": "positive"]
        let agreement = SentimentAgreement(stored: stored, ratings: ["1": 2, "2": -1, "3": -3, "4": 1, "5": 0, "6": 1])
        #expect(agreement.count == 4)
        #expect(agreement.agreeing == 2)
        // Rated: 2 up, 2 down; stored: 2 up, 1 down: (2·2 + 2·1) / 16.
        #expect(agreement.chance == 0.375)
        #expect(agreement.isBetterThanChance)
    }

    @Test func alwaysPositiveIsNoBetterThanChance() {
        let stored = Dictionary(uniqueKeysWithValues: (1...10).map { ("\($0)", "positive") })
        let ratings = Dictionary(uniqueKeysWithValues: (1...10).map { ("\($0)", $0 <= 7 ? 1.0 : -1.0) })
        let agreement = SentimentAgreement(stored: stored, ratings: ratings)
        #expect(agreement.share == 0.7)
        #expect(agreement.chance == 0.7)
        #expect(!agreement.isBetterThanChance)
        #expect(!SentimentAgreement(stored: [:], ratings: ratings).isBetterThanChance)
    }

    @Test func ratingsAreReadFromTheTimeline() throws {
        let lines = #"{"id": 5, "sentiment": -2.15, "text": "a"}"# + "\n\n" + #"{"id": "7", "text": "b"}"# + "\n"
        #expect(try TimelineRatings(lines: Array(lines.utf8), name: "t").byTweet == ["5": -2.15])
        let error = #expect(throws: CommandFault.self) { try TimelineRatings(lines: Array("{}\n[1]".utf8), name: "t") }
        #expect(error?.description.contains("line 1") == true)
    }

    @Test func whatTheSandboxReceivedIsCounted() {
        let page: JSON = ["path": "/twitter/2/users/7/tweets", "status": 200]
        let prompt: JSON = ["path": "/anthropic/v1/messages", "status": 200, "body": "a fine day"]
        let named: JSON = ["path": "/anthropic/v1/messages", "status": 200, "body": "Ada Demo had a fine day"]
        let refused: JSON = ["path": "/anthropic/v1/messages", "status": 422, "body": "x"]
        let log = SandboxLog(entries: [page, page, prompt, named, refused], names: ["Ada Demo"])
        #expect(log.timelinePages == 2)
        #expect(log.prompts == 3)
        #expect(log.personalPrompts == 2)
    }

    @Test func freePortsDiffer() throws {
        let ports = try FreePort.find(3)
        #expect(Set(ports).count == 3)
        #expect(ports.allSatisfy { (1...65535).contains($0) })
    }

    @Test func numbersInWords() {
        #expect(Plain.fixed(-0.126, digits: 2) == "-0.13")
        #expect(Plain.fixed(-0.001, digits: 2) == "0.00")
        #expect(Plain.fixed(12.05, digits: 2) == "12.05")
        #expect(Plain.percent(0.5) == "50.0 %")
        #expect(Plain.seconds(.milliseconds(1500)) == "1.5 s")
        #expect(Plain.seconds(.milliseconds(20)) == "20 ms")
        #expect(Plain.count(1, "tweet") == "1 tweet")
        #expect(Plain.shortened("abcdef", to: 4) == "abc…")
        #expect(Plain.shortened("abcd", to: 4) == "abcd")
    }
}
