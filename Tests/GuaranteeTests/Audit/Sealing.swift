import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

extension AuditTrailHolds {
    /// Nobody has to think of checkpoints: each tick of the monitor makes one.
    @Test func eachTickOfTheMonitorSealsTheTrail() async throws {
        var plan = Self.plan
        plan.consumers = ["repazoo-monitor"]
        try await House.with(plan) { house in
            try await house.makeEntries(4, about: ["user-a", "user-b"])
            try await tick(house)
            #expect(try await house.audit("verify", "--json").json["checkpoints"] as? Int == 1)

            // What it covers cannot be cut off together with the chain's head.
            let chain = try await house.chain(of: "user-a")
            try await house.postgres.atomically([
                "delete from audit_log where chain = \(chain) and position = 4",
                """
                update audit_heads set position = 3, hash = (
                    select hash from audit_log where chain = \(chain) and position = 3)
                where chain = \(chain)
                """,
            ])
            #expect(try await house.audit("verify", "--json").faults == ["cut_off \(chain)/4"])

            // Nothing is built on a checkpoint that somebody else has signed, and it is told.
            for program in house.programs where program.isRunning { #expect(try await program.stop() == 0) }
            let other = Data((0..<32).map { UInt8(100 + $0) }).base64EncodedString()
            try house.start("repazoo-monitor", [], ["AUDIT_SIGNING_KEY": other])
            try await tick(house)
            #expect(try await house.number("select count(*) from audit_checkpoints") == 1)
            #expect(
                try await house.number(
                    """
                    select count(*) from alerts
                    where rule = 'audit_chain_broken' and subject = 'checkpoints' and status = 'open'
                    """) == 1)
        }
    }

    private func tick(_ house: House) async throws {
        let id = try await house.publish(Tick(schedule: uniqueName("monitor"), slot: Date()), key: "monitor")
        #expect(try await house.outcome(of: id, at: .monitor) == "done")
    }
}
