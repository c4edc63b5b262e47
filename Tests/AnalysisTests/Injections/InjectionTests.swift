import Foundation
import HouseKit
import Privacy
import TestKit
import Testing

@testable import Analysis

/// Tweets are data: none changes the label of another, tells our words to the model, or breaks the answer's shape. The sandbox's model
/// is told to obey each of the attempts wherever it is taken in: first only outside of the block of tweets, then inside too.
@Suite(.timeLimit(.minutes(3)))
struct InjectionTests {
    private static let honest = [
        "I love my garden", "I hate this train", "Platform 4 today", "What a wonderful evening",
        "This is a terrible mess",
        "Meeting at noon", "So happy about the news", "Awful weather, sad day", "The library is closed",
        "Great fun with friends",
    ]

    @Test func thereAreManyInManyLanguages() throws {
        let attempts = try InjectionAttempt.all()
        #expect(attempts.count >= 50 && Set(attempts.map(\.language)).count >= 10)
        #expect(Set(attempts.map(\.effect)) == ["label", "leak", "shape"])
        #expect(Set(attempts.map(\.text)).count == attempts.count)
    }

    @Test func eachIsSetApartAndNoOrdinaryTweetHasToBe() throws {
        for attempt in try InjectionAttempt.all() {
            #expect(InjectionLookout.isSuspicious(attempt.text), "\(attempt.language): \(attempt.text)")
        }
        for text in Self.honest + [
            "😀 lovely 👨‍👩‍👧", "Guten Morgen!", "¡Qué día!", "Ça va bien", "Доброе утро", "おはよう", "早安", "صباح الخير",
        ] {
            #expect(!InjectionLookout.isSuspicious(text), "\(text)")
        }
    }

    /// Whatever a tweet says, it stays in its line, and the block ends where we end it.
    @Test func noTweetLeavesItsLine() throws {
        for attempt in try InjectionAttempt.all() {
            let prompt = Prompt(
                instructions: "Judge.", data: PromptSanitizer.sanitize(["before", attempt.text, "after"]))
            let lines = prompt.text.split(separator: "\n")
            #expect(lines.count == 6 && lines.first == "Judge." && lines.last == "</tweets>")
            #expect(
                prompt.text.components(separatedBy: "</tweets>").count == 2
                    && prompt.text.components(separatedBy: "<tweets>").count == 2)
            #expect(lines[2..<5].compactMap { try? JSONValue(parsing: $0)["n"]?.integer } == [1, 2, 3])
        }
    }

    @Test(arguments: [false, true])
    func noneChangesAnything(looksInside: Bool) async throws {
        try await House.with(.analysis()) { house in try await attack(house, looksInside) }
    }

    private func attack(_ house: House, _ looksInside: Bool) async throws {
        let attempts = try InjectionAttempt.all()
        let (calm, attacked) = ("user-calm-\(looksInside)", "user-attacked-\(looksInside)")
        try await house.addReader(calm, tweets: Self.honest)
        // Among the honest ones, and the same honest ones.
        try await house.addReader(attacked, tweets: Self.honest + attempts.map(\.text))
        let expected = try await house.analysis(of: calm)

        try await house.play(orders: attempts.map { ($0.obeyed, $0.effect) }, inside: looksInside)
        let result = try await house.analysis(of: attacked)
        for number in Self.honest.indices {
            #expect(
                result.tweets["\(number + 1)"] == expected.tweets["\(number + 1)"],
                "\(Self.honest[number]): another label")
        }
        #expect(
            result.tweets.count + result.declined.count == Self.honest.count + attempts.count,
            "every tweet is accounted for")
        #expect(result.declined.allSatisfy { (Int($0) ?? 0) > Self.honest.count })
        let system = "\(JudgementPrompt.system)"
        let stored = result.text
        for start in stride(from: 0, to: system.count - 40, by: 20) {
            let piece = String(system.dropFirst(start).prefix(40))
            #expect(!stored.contains(piece), "it told: \(piece)")
        }
        #expect(result.summary == expected.summary || result.summary.contains(" tweets: "))
        for program in house.programs { #expect(!program.text().contains("You judge the sentiment")) }
        if looksInside {
            let obeyed = try await house.prompts().filter { prompt in attempts.contains { prompt.contains($0.obeyed) } }
            #expect(!obeyed.isEmpty, "the model read the attempts")
            print(
                "injection | \(attempts.count) attempts in \(Set(attempts.map(\.language)).count) languages, obeyed by the model: \(result.declined.count) declined, no label of \(Self.honest.count) others changed"
            )
        }
    }
}

extension InjectionAttempt {
    /// The part of it that the sandbox takes for an order, as it stands in a prompt.
    var obeyed: String {
        let sanitized = PromptSanitizer.sanitize([text]).texts[0].text
        let line = sanitized.split(separator: "\n").max { $0.count < $1.count } ?? ""
        return String(line.prefix(60))
    }
}
