import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// Every action that there is: who may take it, that it is in the trail, and what becomes of it without a server.
@Suite(.timeLimit(.minutes(4))) struct RightsTests {
    /// Whom each is for, besides nobody.
    private static let rights: [String: Set<String>] = [
        "/dead/settle": ["ada"], "/alerts/settle": ["ada", "grace"], "/schedules/steer": ["ada"],
        "/people/request": ["grace"], "/people/unmask": ["grace"], "/compliance/check": ["ada", "grace"],
    ]

    /// As the sources name them: a new action is in the table above, or this fails.
    private static func actions() throws -> Set<String> {
        let console = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Sources/Workflows/Console")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: console.path).filter { $0.hasSuffix(".swift") }
        let text = try paths.map { try String(contentsOf: console.appending(path: $0), encoding: .utf8) }.joined()
        return Set(text.matches(of: /\.(?:post|put|delete|patch)\("([^"]+)"/).map { String($0.output.1) })
            .subtracting(["/sign-in", "/sign-out"])
    }

    @Test func everyActionIsForItsRolesAloneAndForFormsOfOurs() async throws {
        #expect(try Self.actions() == Set(Self.rights.keys))
        try await ConsoleHouse.with { console in
            for name in ["vera", "ada", "grace"] {
                let session = try await console.signIn(name)
                let form = try await console.formToken(session)
                for (path, names) in Self.rights {
                    let answer = try await console.post(path, [("form_token", form)], session)
                    #expect((answer.status != 403) == names.contains(name), "\(name) at \(path): \(answer.status)")
                    let forged = try await console.post(
                        path, [("form_token", String(repeating: "0", count: 64))], session)
                    #expect(forged.status == 403 && forged.text.contains("out of date"), "\(path)")
                    #expect(try await console.post(path, [("form_token", form)]).status == 401, "\(path)")
                }
            }
        }
    }

    @Test func whatIsDoneIsInTheTrailUnderItsPersonsName() async throws {
        try await ConsoleHouse.with { console in
            try await console.house.postgres.query(
                "insert into alerts (id, rule, severity, fingerprint) values ('a', 'queue_depth', 'warning', 'f1')")
            for _ in 0..<2 { try await DoorTests.addDeath(console) }
            let ada = try await console.signIn("ada")
            let form = try await console.formToken(ada)
            func act(_ path: String, _ fields: [(String, String)]) async throws {
                #expect(try await console.post(path, fields + [("form_token", form)], ada).status == 303, "\(fields)")
            }
            let cause = [
                ("queue", "repazoo.ingest"), ("reason", "attempts_exhausted"), ("code", "network"), ("which", "all"),
            ]
            try await act("/dead/settle", cause + [("do", "replay")])
            #expect(try await console.house.drain("repazoo.ingest").count == 2, "all of them")
            try await DoorTests.addDeath(console)
            try await act("/dead/settle", cause + [("do", "discard"), ("note", "over")])
            try await act("/alerts/settle", [("id", "a"), ("do", "ack")])
            try await act("/alerts/settle", [("id", "a"), ("do", "resolve")])
            try await act("/schedules/steer", [("name", "monitor"), ("do", "pause")])
            try await act("/schedules/steer", [("name", "monitor"), ("do", "resume")])
            try await act("/schedules/steer", [("name", "monitor"), ("do", "run")])
            try await act("/compliance/check", [])
            try await act("/sign-out", [])
            let trail = try await console.house.postgres.query(
                "select action || ' ' || outcome as a from audit_log where actor = 'repazoo-console:ada' order by position"
            ).map { try $0.decode(String.self, "a") }
            #expect(
                trail == [
                    "console.sign_in done", "dead.replay done", "dead.discard done", "alert.acknowledged done",
                    "alert.resolved done", "schedule.pause done", "schedule.resume done", "schedule.run done",
                    "console.check_guarantees done", "console.sign_out done",
                ])
        }
    }

    /// A server that is away is said to be, in words; what was asked for meanwhile is asked for once.
    @Test func aServerThatIsAwayIsSaidToBe() async throws {
        let servers = try SharedServers()
        let (broker, database) = (try FaultyWire(before: servers.amqpURL), try FaultyWire(before: servers.databaseURL))
        defer { for wire in [broker, database] { wire.end() } }
        let sees: @Sendable (House.Addresses) -> House.Addresses = { addresses in
            var seen = addresses
            seen.amqp = broker.url(addresses.amqp)
            seen.database = database.url(addresses.database)
            return seen
        }
        try await ConsoleHouse.with(sees: sees) { console in
            try await console.house.addUsers(1)
            let grace = try await console.signIn("grace")
            let request = [
                ("do", "erase"), ("user", "user-1"), ("typed", "user-1"), ("reason", "a letter"),
                ("message_id", MessageID.random().rawValue), ("form_token", try await console.formToken(grace)),
            ]
            broker.tell(.refusing)
            broker.cutAll()
            let unsent = try await console.post("/people/request", request, grace)
            #expect(unsent.status == 503 && unsent.text.contains("The broker did not take the request"))
            #expect(try await console.get("/people?user=user-1", grace).status == 200, "pages need no broker")
            broker.tell(nil)
            #expect(try await console.post("/people/request", request, grace).status == 303)
            #expect(try await console.house.drain("repazoo.retention").count == 1)

            database.tell(.refusing)
            database.cutAll()
            let page = try await console.get("/runs", grace)
            #expect(page.status == 503 && page.text.contains("The database does not answer"))
            database.tell(nil)
            try await eventually("it is back", within: .seconds(30)) {
                try await console.get("/runs", grace).status == 200
            }
            // What is wrong with us is for the log.
            try await console.house.postgres.query("alter table receipts rename to canary_receipts")
            let failed = try await console.get("/runs", grace)
            #expect(
                failed.status == 500 && failed.text.contains("This page failed") && !failed.text.contains("receipts"))
            #expect(console.console.text().contains("a page failed"))
            try await console.house.postgres.query("alter table canary_receipts rename to receipts")
        }
    }
}
