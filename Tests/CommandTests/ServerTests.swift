import AMQP
import Bootstrap
import Contracts
import FoundationEssentials
import Postgres
import Schema
import TestKit
import Testing
import Topology

@testable import OperatorCommands

/// Contract names need a broker of their own: another suite's consumers would take the messages.
@Suite(.timeLimit(.minutes(4)))
struct ServerTests {
    @Test func anInstallationFromNothingToADoneRequest() async throws {
        let plugin = ["SERVERS_RABBITMQ_PLUGINS": "rabbitmq_management"]
        try await PrivateServers.with([.rabbitmq, .postgres, .redis], settings: plugin) { servers in
            var environment = [
                "AMQP_URL": try servers.amqpURL, "DATABASE_URL": try servers.databaseURL,
                "REDIS_URL": try servers.redisURL,
                "ENCRYPTION_KEY": "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=",
                "EXPORT_STORE": "file://" + FileManager.default.temporaryDirectory.path,
            ]
            try await examineEmpty(environment)
            try await migrate(environment)
            try await applyTopology(environment)
            environment["RABBITMQ_MANAGEMENT_URL"] = try managementURL(servers)
            try await compareBindings(environment)
            let report = await Doctor(environment: environment).examine()
            #expect(report.code == .done, "\(report.findings.filter { $0.health == .bad })")
            try await publish(environment)
        }
    }

    private func examineEmpty(_ environment: [String: String]) async throws {
        let report = await Doctor(environment: environment).examine()
        #expect(report.code == .notSo)
        #expect(Set(report.findings.filter { $0.health == .bad }.map(\.subject)) == ["topology", "schema"])
        let broker = try AMQPConfiguration(url: environment["AMQP_URL"] ?? "", connectionName: "command-tests")
        let request = WorkRequest(IngestRequest(userID: try #require(UserID("user-1"))), .ingest)
        await #expect { try await request.publish(under: .random(), to: broker) } throws: { error in
            (error as? CommandFault)?.description.contains("repazoo topology apply") == true
        }
    }

    private func migrate(_ environment: [String: String]) async throws {
        let recorded = RecordedOutput()
        try await pool(environment) { pool in
            let report = MigrationReport(migrator: Migrator(postgres: pool), output: recorded.output, isJSON: false)
            let codes = [
                try await report.status(), try await report.apply(), try await report.apply(),
                try await report.status(),
            ]
            #expect(codes == [.notSo, .done, .done, .done])
        }
        let all = Migration.all
        #expect(recorded.told == all.map { "applied \($0.number) \($0.name)" })
        #expect(
            recorded.answers[0].split(separator: " ") == [
                "✗", "1", "tables", "pending:", "run", "`repazoo", "migrate`",
            ])
        #expect(recorded.answers[all.count] == "\(all.count) migrations applied")
        #expect(recorded.answers[all.count + 1] == "the schema is up to date")
        #expect(recorded.answers.last?.hasPrefix("✓  \(all.last?.number ?? 0)") == true)
    }

    private func applyTopology(_ environment: [String: String]) async throws {
        let recorded = RecordedOutput()
        let report = try TopologyReport.read(environment, output: recorded.output, isJSON: false)
        #expect(try await report.verify() == .notSo)
        #expect(recorded.answers.contains { $0.hasPrefix("✗ queue missing: repazoo.ingest;") })
        #expect(recorded.answers.last?.hasPrefix("- bindings were not checked") == true)
        #expect(try await report.apply() == .done)
        #expect(try await report.verify() == .done)
        let json = RecordedOutput()
        #expect(try await TopologyReport.read(environment, output: json.output, isJSON: true).verify() == .done)
        #expect(json.answers == [#"{"differences":[],"bindings_checked":false}"#])
    }

    /// The plugin's list lags behind the broker, so the binding is taken away before it is first asked.
    private func compareBindings(_ environment: [String: String]) async throws {
        let broker = try AMQPConfiguration(url: environment["AMQP_URL"] ?? "", connectionName: "command-tests")
        let connection = try await AMQPConnection.open(broker)
        try await connection.deleteExchange(ExchangeName.ticks.rawValue)
        try await connection.declareExchange(ExchangeName.ticks.rawValue, type: "topic")
        await connection.close()
        let recorded = RecordedOutput()
        let report = try TopologyReport.read(environment, output: recorded.output, isJSON: false)
        try await eventually("the plugin lists the bindings as they are", within: .seconds(30)) {
            let lines = recorded.answers.count
            let code = try await report.verify()
            let missing = recorded.answers[lines...].filter {
                $0.hasPrefix("✗ binding missing: repazoo.ticks → queue ")
            }
            return code == .notSo && missing.count == 2
        }
        #expect(try await report.apply() == .done)
        try await eventually("nothing differs any more", within: .seconds(30)) { try await report.verify() == .done }
        #expect(recorded.answers.last == "  54 bindings were looked up in the management plugin")
        let wrong = environment.merging(["RABBITMQ_MANAGEMENT_URL": "http://guest:hunter2@127.0.0.1:1"]) { $1 }
        await #expect {
            _ = try await TopologyReport.read(wrong, output: recorded.output, isJSON: false).verify()
        } throws: {
            let fault = $0 as? CommandFault
            return fault?.code == .unavailable && fault?.description.contains("hunter2") == false
        }
    }

    private func managementURL(_ servers: PrivateServers) throws -> String {
        let lines = try String(
            contentsOf: URL(filePath: servers.folder).appending(path: "environment"), encoding: .utf8)
        let name = "RABBITMQ_MANAGEMENT_URL="
        return String(try #require(lines.split(separator: "\n").first { $0.hasPrefix(name) }).dropFirst(name.count))
    }

    /// The consumers are played by rows in `receipts`, which is all that a follower goes by.
    private func publish(_ environment: [String: String]) async throws {
        let broker = try AMQPConfiguration(url: environment["AMQP_URL"] ?? "", connectionName: "command-tests")
        let user = try #require(UserID("user-123456"))
        let id = MessageID.random()
        try await WorkRequest(IngestRequest(userID: user, maxTweets: 7, analyze: true), .ingest).publish(
            under: id, to: broker)
        let connection = try await AMQPConnection.open(broker)
        let delivery = try #require(try await connection.take(QueueName.ingest.rawValue))
        await connection.close()
        #expect(delivery.properties.messageID == id.rawValue)
        #expect(delivery.properties.correlationID == id.rawValue)
        #expect(delivery.properties.type == "repazoo.ingest.v1")
        #expect(delivery.properties.contentType == "application/json")
        #expect(delivery.properties.deliveryMode == 2)
        #expect(try IngestRequest.decode(delivery.body).maxTweets == 7)

        try await pool(environment) { pool in
            let recorded = RecordedOutput()
            let follower = WorkFollower(
                postgres: pool, broker: broker, tell: recorded.output.tell, pollInterval: .milliseconds(20))
            let timedOut = try await follower.follow(id, by: .ingest, for: user, within: .milliseconds(100))
            #expect(timedOut == .timedOut(waitingFor: .ingest, deadLetters: 0, limit: .milliseconds(100)))
            #expect(timedOut.description.contains("repazoo.ingest.dead is empty"))
            #expect(recorded.told.first?.contains("start repazoo-ingest, nobody consumes it") == true)

            let analysis = FollowUp(AnalyzeRequest(userID: user))
            let stored = Event(.ingestCompleted, userID: user, causeID: id, at: Date(), detail: ["stored": .integer(7)])
            try await receipt(pool, .ingest, id, "done", [FollowUp(stored), analysis])
            async let end = follower.follow(id, by: .ingest, for: user, within: .seconds(30))
            try await eventually("the follower has gone on to the analysis") {
                recorded.told.contains { $0.hasPrefix("analyze: ") }
            }
            let refused = Event(.analysisRefused, userID: user, causeID: id, at: Date(), reason: "quota_exceeded")
            try await receipt(pool, .analyze, analysis.messageID(cause: id), "refused", [FollowUp(refused)])
            #expect(try await end == .refused(reason: "quota_exceeded", by: .analyze))
            #expect(recorded.told.contains("ingest.completed: stored 7"))
            try await nothingNew(follower, pool, user)
            #expect(!recorded.told.joined().contains(user.rawValue))
        }
    }

    /// Refused as a request of its own, but no failure of the ingestion before it.
    private func nothingNew(_ follower: WorkFollower, _ pool: PostgresPool, _ user: UserID) async throws {
        let id = MessageID.random()
        let analysis = FollowUp(AnalyzeRequest(userID: user))
        let next = analysis.messageID(cause: id)
        let refused = Event(.analysisRefused, userID: user, causeID: next, at: Date(), reason: "nothing_to_analyze")
        try await receipt(pool, .ingest, id, "done", [analysis])
        try await receipt(pool, .analyze, next, "refused", [FollowUp(refused)])
        #expect(try await follower.follow(id, by: .ingest, for: user, within: .seconds(10)) == .done)
        let alone = try await follower.follow(next, by: .analyze, for: user, within: .seconds(10))
        #expect(alone == .refused(reason: "nothing_to_analyze", by: .analyze))
    }

    private func receipt(
        _ pool: PostgresPool, _ consumer: ConsumerName, _ id: MessageID, _ outcome: String, _ followUps: [FollowUp]
    ) async throws {
        let text = JSONText(rawValue: FollowUp.receiptText(followUps))
        try await pool.query(
            """
            insert into receipts (consumer, message_id, outcome, follow_ups)
            values (\(consumer.rawValue), \(id.rawValue), \(outcome), \(text)::jsonb)
            """)
    }

    private func pool(
        _ environment: [String: String], _ body: (PostgresPool) async throws -> Void
    ) async throws {
        let configuration = PostgresConfiguration(url: environment["DATABASE_URL"] ?? "", maxConnections: 4)
        try await CommandServers.withPool(configuration, body)
    }
}
