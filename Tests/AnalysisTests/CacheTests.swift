import AnthropicAPI
import HouseKit
import Privacy
import RateLimits
import TestKit
import Testing

@testable import Analysis

/// The system part is the same for everybody, long enough for the provider to keep it, and paid for as what it is.
@Suite(.timeLimit(.minutes(2)))
struct CacheTests {
    /// No tokenizer makes fewer tokens of a text than it has words and runs of marks; scripts without spaces are counted as one word a
    /// run, which is far too few.
    @Test func itIsLongerThanWhatSonnetsCacheKeepsAtLeast() {
        var count = 0
        var before: Unicode.Scalar = " "
        for scalar in "\(JudgementPrompt.system)".unicodeScalars {
            let kinds = [before, scalar].map { one in
                one.properties.isWhitespace
                    ? 0 : one.properties.isAlphabetic || one.properties.numericType != nil ? 1 : 2
            }
            if kinds[1] != 0, kinds[1] != kinds[0] { count += 1 }
            before = scalar
        }
        #expect(count >= 1_250, "\(count) words and marks")
    }

    @Test func whatIsReadFromTheCacheCountsAgainstNoLimit() {
        let usage = TokenUsage(uncachedInput: 5, cacheCreation: 700, cacheRead: 10_000, output: 3)
        #expect(usage.limited == TokenAmounts(input: 705, output: 3))
        #expect(usage.input == 10_705, "and all of it is told")
    }

    @Test func thePartIsWrittenOnceAndReadByEverybody() async throws {
        try await House.with(.analysis()) { house in
            for (user, tier) in [("user-1", "basic"), ("user-2", "basic"), ("user-3", "pro")] {
                try await house.addReader(user, tier: tier, tweets: JourneyTests.texts)
                _ = try await house.analysis(of: user)
            }
            let systems = try await house.calls().compactMap { try Privacy.JSONValue(parsing: $0.body)["system"] }
            #expect(systems.count == 3 && Set(systems.map { $0.serialized() }).count == 1, "whoever, whatever model")

            let entries = try await house.postgres.query(
                "select detail::text as d from audit_log where action = 'analyze' order by user_id"
            ).map { try Privacy.JSONValue(parsing: try $0.decode(String.self, "d")) }
            func numbers(_ name: String) -> [Int] { entries.map { Int($0[name]?.integer ?? -1) } }
            let (written, read) = (numbers("cache_written_tokens"), numbers("cached_tokens"))
            let part = written[0]
            #expect(part > 1_024 && written == [part, 0, 0] && read == [0, part, 0], "Opus keeps 4,096 and more")
            let (input, output, cost) = (
                numbers("input_tokens"), numbers("output_tokens"), numbers("cost_microdollars")
            )
            #expect(input[0] == input[1] && input[0] > part, "all of it is told, wherever it came from")
            // Sonnet: 3 dollars a million in, 15 out; a quarter more into the cache, a tenth out of it.
            let rest = Double(input[0] - part) * 3
            #expect(abs(Double(cost[0]) - (rest + Double(part) * 3.75 + Double(output[0]) * 15)) <= 1)
            #expect(abs(Double(cost[1]) - (rest + Double(part) * 0.3 + Double(output[1]) * 15)) <= 1)
        }
    }
}
