import KeptFor
import Testing

@testable import Retention

@Suite(.timeLimit(.minutes(1)))
struct PolicyTests {
    @Test func thePolicyOfThisReleaseIsGood() throws {
        let policy = try RetentionPolicy.current()
        #expect(policy.hardDeleteAfter == .seconds(30 * 86400))
        #expect(policy.rules.count == 13)
        #expect(policy.rules.first?.age == .seconds(90 * 86400))
        #expect(policy.rules.allSatisfy { !$0.lawfulBasis.isEmpty })
        // What is promised when a row is written comes from the same file.
        #expect(KeptFor.current.tweets == .seconds(90 * 86400) && KeptFor.current.analyses == .seconds(90 * 86400))
    }

    @Test func everyFaultIsToldAtOnceAndWhere() {
        let text = """
            {"version": 2, "hard_delete_after": "soon", "surprise": 1, "rules": [
              {"name": "a", "table": "users", "condition": "user_inactive", "age": "90d", "action": "soft_delete",
               "lawful_basis": "x"},
              {"name": "b", "table": "receipts", "condition": "retain_until", "age": "7d", "action": "soft_delete",
               "lawful_basis": "x"},
              {"name": "B!", "table": "analyses", "condition": "user_inactive", "age": "-1d", "action": "soft_delete"},
              {"name": "c", "table": "twitter_data", "condition": "retain_until", "age": "0s", "action": "soft_delete",
               "lawful_basis": "x"},
              {"name": "c", "table": "twitter_data", "condition": "retain_until", "age": "0s", "action": "soft_delete",
               "lawful_basis": "x"}
            ], "upstream": {"ids_per_job": 0}}
            """
        let faults = faults(of: text)
        for expected in [
            "version must be 1", "kept_for must be an object", "hard_delete_after must be", "\"surprise\" is not known",
            "rules[0] (a): table must be one of",
            "rules[1] (b): retain_until means nothing for receipts",
            "rules[1] (b): soft_delete cannot be done to receipts",
            "rules[1] (b): receipts younger than 8d", "rules[2] (B!): a name is", "rules[2] (B!): age must be",
            "rules[2] (B!): lawful_basis must be", "rules[4]: the name \"c\" is used twice",
            "upstream.ids_per_job must be",
            "upstream.jobs_per_tick must be",
        ] {
            #expect(faults.contains { $0.contains(expected) }, "\(expected)")
        }
        #expect(faults.count == 14, "\(faults)")
    }

    @Test(arguments: ["", "[]", "{", #"{"version":1}"#])
    func whatIsNoPolicyIsRefused(_ text: String) { #expect(!faults(of: text).isEmpty) }

    @Test func aBatchGrowsAndShrinksToHoldItsLocksForAShortTime() {
        var size = BatchSize()
        for _ in 0..<10 { size.learn(rows: size.rows, in: .milliseconds(5)) }
        #expect(size.rows == BatchSize.limits.upperBound)
        size.learn(rows: size.rows, in: .milliseconds(450))
        #expect(size.rows == 2000)
        size.learn(rows: 10, in: .milliseconds(1))
        #expect(size.rows == 2000, "a batch that found little says nothing")
        for _ in 0..<20 { size.shrink() }
        #expect(size.rows == BatchSize.limits.lowerBound)
    }

    private func faults(of text: String) -> [String] {
        do throws(InvalidPolicy) {
            _ = try RetentionPolicy(json: Array(text.utf8))
            return []
        } catch { return error.faults }
    }
}
