import Contracts
import FoundationEssentials
import Postgres
import Schema
import TestKit
import Testing

@testable import AMQP
@testable import OperatorCommands

/// What the doctor makes of logins and queues.
@Suite(.timeLimit(.minutes(1)))
struct DoctorRoleTests {
    @Test func aLoginThatMayNothingIsAFaultAndOneThatMayEverythingIsWarnedOf() async throws {
        let servers = try SharedServers()
        let (database, login) = (uniqueName("doctor"), uniqueName("login"))
        try await pool(servers.databaseURL) { owner in
            try await owner.query("create database \(identifier: database)")
            try await owner.query("create role \(identifier: login) login")
        }
        try await pool(servers.databaseURL(named: database)) { owner in
            _ = try await Migrator(postgres: owner).apply()
            #expect(try await own(owner).map(\.health) == [.warning], "a superuser")
            // As if that login had logged in, on the one connection that there is.
            try await owner.query("set session authorization \(identifier: login)")
            let stranger = try await own(owner)
            #expect(stranger.map(\.health) == [.bad] && stranger[0].found.contains("none of the roles"))
            try await owner.query("reset session authorization")
            try await owner.query("grant repazoo_operator to \(identifier: login)")
            try await owner.query("set session authorization \(identifier: login)")
            #expect(try await RoleExamination(pool: owner).findings().filter { $0.health == .bad }.isEmpty)
            #expect(try await own(owner).map(\.found) == ["\(login) is in operator"])
            try await owner.query("reset session authorization")
            try await owner.query("alter role \(identifier: login) noinherit")
            try await owner.query("set session authorization \(identifier: login)")
            let bound = try await RoleExamination(pool: owner).findings().filter { $0.health == .bad }
            #expect(bound.contains { $0.subject == "role" })
            #expect(bound.contains { $0.subject == "rights" && $0.found.contains(" is missing") })
            try await owner.query("reset session authorization")
            try await owner.query("alter role \(identifier: login) inherit")
            try await owner.query("revoke usage on schema public from public, repazoo_operator")
            try await owner.query("set session authorization \(identifier: login)")
            let closed = try await RoleExamination(pool: owner).findings().filter { $0.health == .bad }
            #expect(closed.contains { $0.subject == "rights" && $0.found.contains(" is missing") })
            try await owner.query("reset session authorization")
        }
    }

    @Test func queuesAreJudgedByTheirDepth() {
        func warnings(_ queue: QueueName, _ messages: Int, _ consumers: Int) -> [String] {
            let state = AMQPConnection.QueueState(name: queue.rawValue, messages: messages, consumers: consumers)
            return QueueJudgement.findings([(queue, state)]).filter { $0.health == .warning }.map(\.found)
        }
        #expect(warnings(.ingest, 10_000, 1).isEmpty && warnings(.ingest, 0, 0).isEmpty)
        #expect(warnings(.ingest, 10_001, 1) == ["10001 messages wait in repazoo.ingest for 1 consumer"])
        #expect(warnings(.ingest, 1, 0) == ["1 message in repazoo.ingest, and nobody consumes it"])
        #expect(warnings(.ingest.dead, 1, 1) == ["dead: repazoo.ingest.dead 1"])
        #expect(warnings(.unroutable, 1, 0).count == 1)
    }

    private func own(_ pool: PostgresPool) async throws -> [Finding] {
        try await RoleExamination(pool: pool).findings().filter { $0.subject == "role" }
    }

    private func pool(_ url: String, _ body: (PostgresPool) async throws -> Void) async throws {
        try await CommandServers.withPool(PostgresConfiguration(url: url, maxConnections: 1), body)
    }
}
