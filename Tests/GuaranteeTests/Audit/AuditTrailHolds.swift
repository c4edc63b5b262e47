import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// Guarantee 9: every change has its entry in the same transaction; a changed, removed, reordered or cut-off entry is found by
/// `repazoo audit verify`; workers' roles cannot update or delete it.
@Suite(.timeLimit(.minutes(5)))
struct AuditTrailHolds {
    /// Only the database is asked.
    static var plan: House.Plan {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.environment = ["AUDIT_SIGNING_KEY": Data((0..<32).map { UInt8($0) }).base64EncodedString()]
        return plan
    }

    /// Memory stays the same however much there is to verify.
    @Test func verifyingTakesTheSameMemoryForSixTimesAsMuch() async throws {
        try await House.with(Self.plan) { house in
            var peaks: [Int] = []
            for (first, last) in [(1, 10), (11, 60)] {
                for thousand in first...last {
                    try await house.postgres.query(
                        """
                        select audit_append_many(array_agg('t'::text), array_agg('user-' || n), array_agg('test'::text), array_agg('done'::text),
                            array_agg('{"n": 1, "words": "some more bytes, as a real entry has them"}'::jsonb))
                        from generate_series(\(thousand * 10)::integer, \(thousand * 10 + 999)::integer) n
                        """)
                }
                let run = try await house.audit("verify", "--json")
                #expect(run.code == 0)
                #expect(try run.json["entries"] as? Int == last * 1000)
                peaks.append(run.peak)
            }
            print("audit verify | 10,000 entries: peak \(peaks[0]) KiB; 60,000 entries: peak \(peaks[1]) KiB")
            #expect(peaks[1] < peaks[0] + 8 * 1024)
        }
    }
}

extension House {
    struct AuditRun {
        let code: Int32
        let text: String
        /// The largest resident size, in KiB.
        let peak: Int

        var json: [String: Any] {
            get throws {
                let start = text.firstIndex(of: "{") ?? text.startIndex
                return try #require(JSONSerialization.jsonObject(with: Data(text[start...].utf8)) as? [String: Any])
            }
        }

        /// Every fault as `kind chain/position`, in order.
        var faults: [String] {
            get throws {
                let faults = try #require(try json["faults"] as? [[String: Any]])
                return faults.map { fault in
                    let chain = (fault["chain"] as? Int).map { "\($0)/" } ?? ""
                    return "\(fault["kind"] ?? "") \(chain)\(fault["position"] ?? "")"
                }.sorted()
            }
        }
    }

    /// Runs `repazoo audit …` as the operator.
    func audit(_ arguments: String...) async throws -> AuditRun {
        let program = try start("repazoo", ["audit"] + arguments)
        var peak = 0
        try await eventually("repazoo audit \(arguments) ends", within: .seconds(120)) {
            peak = max(peak, program.peakMemory)
            return !program.isRunning
        }
        return AuditRun(code: try await program.ended(), text: program.text(), peak: peak)
    }

    /// So many entries about each user, every entry a call of its own.
    func makeEntries(_ count: Int, about users: [String]) async throws {
        for user in users {
            for number in 1...count {
                let detail = JSONText(rawValue: #"{"number": \#(number), "secret": "canary-content"}"#)
                try await postgres.query("select audit_append('test', \(user), 'test', 'done', \(detail)::jsonb)")
            }
        }
    }

    func chain(of user: String) async throws -> Int {
        try await number("select chain from audit_heads where user_id = \(user)")
    }
}
