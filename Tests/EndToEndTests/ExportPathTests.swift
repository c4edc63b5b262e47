import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// One person's data from a request to a file in their hands, on real servers and real processes.
@Suite(.timeLimit(.minutes(3)))
struct ExportPathTests {
    @Test func everythingHeldIsHandedOverBehindALinkThatIsCounted() async throws {
        var plan = House.Plan()
        plan.consumers = ["repazoo-ingest", "repazoo-analyze", "repazoo-export"]
        try await House.with(plan, onePerson)
    }

    private func onePerson(_ house: House) async throws {
        let user = "user-123456"
        try await house.addUser(user, account: "1001", mood: "glad", tweets: 60)
        let ingest = try await house.publish(IngestRequest(userID: try #require(UserID(user))))
        let analyze = MessageID.derived(from: ingest, name: MessageType.analyze.rawValue)
        #expect(try await house.outcome(of: analyze, at: .analyze) == "done")

        let asked = try await house.publish(ExportRequest(userID: try #require(UserID(user)), requestedBy: "backend"))
        let ready = try await house.exportReady(asked)
        let (console, url) = try await house.startConsole()
        let link = house.local(ready["link"], url)
        let answer = try await house.get(link)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/zip")
        #expect(answer.headers["content-disposition"]?.hasPrefix("attachment; filename=\"repazoo-export-20") == true)
        #expect(answer.headers["cache-control"] == "no-store, private")
        #expect(.integer(answer.body.count) == ready["bytes"])

        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("export") + ".zip")
        try Data(answer.body).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let verify = try house.start(
            "repazoo", ["exports", "verify", file.path, "--json", "--sha256", ready.text("sha256")])
        #expect(try await verify.ended() == 0, "\(verify.text())")
        #expect(verify.text().contains("\"valid\":true"))
        #expect(verify.text().contains("\"tweets\":60"))

        let row = try await house.postgres.query("select downloads, status, sha256 from data_exports")[0]
        #expect(try row.decode(Int.self, "downloads") == 1)
        #expect(try row.decode(String.self, "status") == "ready")
        #expect(try row.decode(String.self, "sha256") == ready.text("sha256"))
        let trail = try await house.postgres.query(
            "select action || ' ' || outcome as entry from audit_log where action like 'export%' order by position"
        ).map { try $0.decode(String.self, "entry") }
        #expect(trail == ["export.request accepted", "export done", "export.download done"])
        try await givenOutAgain(house, user, ready)
        #expect(try await house.number("select count(*) from audit_faults('-infinity')") == 0)

        for program in house.programs {
            for canary in ["canary", "Canary", user, "signature="] {
                #expect(!program.text().contains(canary), "\(program.name) wrote \(canary)")
            }
        }
        #expect(console.isRunning)
    }

    /// Within the export's life its link is given out again, to an operator and to a second request, and ends when it did.
    private func givenOutAgain(_ house: House, _ user: String, _ ready: [String: JSONValue]) async throws {
        // Not one of the house's programs, of whose output nothing may be personal: a link is what it is asked for.
        let link = ["exports", "link", ready.text("export_id")]
        let again = try Program("repazoo", link, environment: house.environment)
        #expect(try await again.ended() == 0, "\(again.text())")
        #expect(again.text().split(separator: "\n").contains { $0 == ready.text("link") })
        let second = try await house.publish(ExportRequest(userID: try #require(UserID(user))))
        let answer = try await house.exportReady(second)
        for word in ["link", "export_id", "sha256", "expires_at"] { #expect(answer.text(word) == ready.text(word)) }
        let told = try await house.postgres.query(
            """
            select action || ' ' || outcome || coalesce(' again ' || (detail->>'again'), '') as entry from audit_log
            where action like 'export%' order by position offset 3
            """
        ).map { try $0.decode(String.self, "entry") }
        #expect(told == ["export.link done", "export done again true"])
        #expect(try await house.number("select count(*) from data_exports") == 1)

        try await house.postgres.query("update data_exports set expires_at = now()")
        let late = try Program("repazoo", link, environment: house.environment)
        #expect(try await late.ended() == 1 && !late.text().contains("signature="))
    }
}
