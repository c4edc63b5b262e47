import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// SIGKILL of a real export consumer at every step: the next process brings it to the same end, and no half object is left.
extension NothingIsLost {
    @Test func aDeathAtAnyStepOfExportLeavesOneExport() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, killExport)
    }

    private func killExport(_ house: House) async throws {
        let events = try await house.listen(to: "export.*")
        try await house.addUsers(9)
        try await house.postgres.query(
            """
            insert into twitter_data (user_id, tweet_id, text, retain_until)
            select id, n::text, 'text ' || n, now() from users, generate_series(1, 300) n
            """)
        let steps = ["received", "decoded", "recognised", "admitted", "worked", "committed", "announced", "settled"]
        for (number, step) in steps.enumerated() {
            let user = "user-\(number + 1)"
            let id = MessageID.random()
            try await house.dies("export", at: step) {
                try await house.publish(ExportRequest(userID: try #require(UserID(user))), id: id)
            }
            let next = try house.start("repazoo-export")
            let ready = try await house.exportReady(id)
            try await house.isWorkedOff(.export)
            #expect(try await next.stop() == 0)
            let announced = try await house.copies(of: .derived(from: id, name: "export.ready"), in: events)
            #expect(announced >= 1, "\(step)")
            let row = try await house.postgres.query(
                "select count(*) as n, max(status) as status, max(id) as id from data_exports where user_id = \(user)")[
                    0]
            #expect(try row.decode(Int.self, "n") == 1, "\(step)")
            #expect(try row.decode(String.self, "status") == "ready", "\(step)")
            #expect(try row.decode(String.self, "id") == ready.text("export_id"), "\(step)")
            print("crash matrix | export   | \(step.padded) | end: one export ready, event \(announced)× under one id")
        }
        #expect(try await house.messages(in: "repazoo.export.dead") == 0)
        // Nothing that was begun and not finished lies about under a name.
        let half = FileManager.default.subpaths(atPath: house.store.path)?.filter { $0.hasSuffix(".part") } ?? []
        #expect(half.count <= 3, "a death leaves its beginnings, which the tick sweeps: \(half)")
        try await twoAtOnce(house)
    }

    /// Two requests for one person at the same time: one export, and both are told of it.
    private func twoAtOnce(_ house: House) async throws {
        _ = try house.start("repazoo-export")
        _ = try house.start("repazoo-export")
        let user = try #require(UserID("user-9"))
        let first = try await house.publish(ExportRequest(userID: user))
        let second = try await house.publish(ExportRequest(userID: user))
        let (one, two) = (try await house.exportReady(first), try await house.exportReady(second))
        #expect(one["export_id"] == two["export_id"] && one["sha256"] == two["sha256"])
        #expect(try await house.number("select count(*) from data_exports where user_id = 'user-9'") == 1)
    }
}
