import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// Several programs in one process, and the operator's look at them.
@Suite(.timeLimit(.minutes(3)))
struct TogetherTests {
    private static let all = ["ingest", "analyze", "alert", "scheduler"]

    @Test func oneProcessDoesTheWorkOfAll() async throws {
        var plan = House.Plan()
        plan.consumers = []
        try await House.with(plan) { house in
            let port = try TCPPort.free()
            let login = try await commonLogin(house)
            let together = try house.start(
                "repazoo", ["run"] + Self.all, ["DATABASE_URL": login, "HTTP_PORT": "\(port)"])
            try await eventually("everything is ready", within: .seconds(30)) {
                try await readiness(house, port).contains(#""ready":true"#)
            }
            let text = try await readiness(house, port)
            for name in Self.all {
                #expect(text.contains("rabbitmq (repazoo-\(name))"), "each has its own connections")
            }

            try await house.addUser("user-123456", account: "1001", mood: "glad", tweets: 30)
            let ingest = try await house.publish(IngestRequest(userID: try #require(UserID("user-123456"))))
            let analyze = MessageID.derived(from: ingest, name: MessageType.analyze.rawValue)
            #expect(try await house.outcome(of: ingest, at: .ingest) == "done")
            #expect(try await house.outcome(of: analyze, at: .analyze) == "done")
            try await doctor(house)
            try await schedules(house)
            // Ends all of them: one signal, one exit code.
            #expect(try await together.stop() == 0)
            #expect(together.text().components(separatedBy: #""stopped"#).count > Self.all.count)
        }
    }

    /// A bad setting of any of them is told once, and nothing starts.
    @Test func badConfigurationIsToldForAllAtOnce() async throws {
        let program = try Program(
            "repazoo", ["run", "ingest", "analyze"],
            environment: ["AMQP_URL": "", "ENCRYPTION_KEY": "", "QUOTA_PRO": "canary"])
        #expect(try await program.ended() == 78)
        let text = program.text()
        for variable in ["AMQP_URL", "ANTHROPIC_API_KEY", "TWITTER_CLIENT_ID", "QUOTA_PRO"] {
            #expect(text.contains(variable))
        }
        #expect(text.components(separatedBy: "ENCRYPTION_KEY:").count == 2)
        #expect(!text.contains("canary"))
        #expect(try await Program("repazoo", ["run", "ingest", "nobody"], environment: [:]).ended() == 64)
        #expect(try await Program("repazoo", ["run"], environment: [:]).ended() == 64)
    }

    // MARK: The operator

    private func doctor(_ house: House) async throws {
        let program = try house.start("repazoo", ["doctor", "--json"])
        #expect(try await program.ended() == 0, "\(program.text())")
        let text = program.text()
        for found in [
            "basic: claude-sonnet-5 is known to Anthropic", "pro: claude-opus-5 is known to Anthropic",
            "leads, nothing is paused",
            "repazoo_operator_login is in operator", #""subject":"logins""#, "Redis's is less than 2 s",
        ] { #expect(text.contains(found), "\(found) in \(text)") }
        let gone = try house.start("repazoo", ["doctor"], ["ANTHROPIC_MODEL_PRO": "claude-3-opus-20240229"])
        #expect(try await gone.ended() == 1)
        #expect(gone.text().contains("✗  models") && gone.text().contains("ANTHROPIC_MODEL_PRO"))
    }

    private func schedules(_ house: House) async throws {
        func repazoo(_ arguments: String..., code: Int32 = 0) async throws -> String {
            let program = try house.start("repazoo", ["schedule"] + arguments)
            #expect(try await program.ended() == code, "\(program.text())")
            return program.text()
        }
        #expect(try await repazoo("pause", "retention") == "retention is paused\n")
        #expect(try await repazoo("pause", "retention") == "retention was paused before\n")
        let list = try await repazoo("list")
        #expect(list.contains("paused by repazoo") && list.contains("leads: "))
        // A tick out of turn, though it is paused: in its queue, under the derived id.
        let id = try await repazoo("run", "retention").trimmingCharacters(in: .whitespacesAndNewlines)
        let delivery = try #require(try await house.drain("repazoo.retention").first)
        let tick = try Tick.decode(delivery.body)
        #expect(delivery.properties.messageID == id && tick.messageID.rawValue == id)
        #expect(delivery.properties.type == "repazoo.tick.v1" && tick.schedule == "retention")
        #expect(abs(tick.slot.timeIntervalSinceNow) < 60)
        #expect(try await repazoo("resume", "retention") == "retention goes on\n")
        #expect(try await repazoo("resume", "retention") == "retention was not paused\n")
        let json = try await repazoo("list", "--json")
        #expect(
            json.contains(#""name":"retention","cron":"0 3 * * *""#) && json.contains(#""last_status":"published""#))
        #expect(json.contains(#""state":"active""#) && !json.contains(#""state":"paused""#))
        #expect(try await repazoo("run", "nothing", code: 64).contains("there are: retention, monitor, exports"))
        let audited = try await house.postgres.query(
            "select action from audit_log where action like 'schedule.%' order by position")
        #expect(
            try audited.map { try $0.decode(String.self, "action") } == [
                "schedule.pause", "schedule.run", "schedule.resume",
            ])
    }

    private func readiness(_ house: House, _ port: Int) async throws -> String {
        guard let answer = try? await house.http.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/readyz")) else {
            return ""
        }
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// A login with the roles of all that run together.
    private func commonLogin(_ house: House) async throws -> String {
        var url = try #require(URLComponents(string: house.addresses.database))
        let name = uniqueName("together")
        let roles = Self.all.map { "repazoo_\($0)" }.joined(separator: ", ")
        let password = url.password ?? ""
        try await house.postgres.transaction { transaction in
            try await transaction.script("create role \(name) login password '\(password)' in role \(roles)")
        }
        url.user = name
        return url.string ?? ""
    }
}
