import AMQP
import Contracts
import Foundation
import HouseKit
import Logging
import Postgres
import Schema
import ServiceLifecycle
import Synchronization
import TestKit
import Testing
import Topology

@testable import Alerting

/// A virtual host with the whole topology and a migrated database, for one test.
struct DeadHouse: Sendable {
    let amqpURL: String
    let databaseURL: String
    let broker: AMQPConfiguration
    let postgres: PostgresPool
    let publisher: AMQPPublisher

    static func with(_ body: (DeadHouse) async throws -> Void) async throws {
        let servers = try SharedServers()
        let database = try await HouseDatabases.shared.next("dead", on: servers)
        try await with(
            amqpURL: try await servers.newVirtualHost(), databaseURL: servers.databaseURL(named: database)
        ) { house in
            try await body(house)
            #expect(try await MessageJudge.shared.faults(in: try await SeenMessage.take(from: house.broker)) == [])
        }
    }

    static func with(amqpURL: String, databaseURL: String, _ body: (DeadHouse) async throws -> Void) async throws {
        let postgres = pool(databaseURL)
        _ = try await Migrator(postgres: postgres).apply()
        let broker = try AMQPConfiguration(url: amqpURL, connectionName: "dead-letter-tests")
        _ = try await TopologyApplier(try .current(), on: broker).apply()
        let publisher = AMQPPublisher(broker)
        try await publisher.start(patience: .seconds(20))
        let house = DeadHouse(
            amqpURL: amqpURL, databaseURL: databaseURL, broker: broker, postgres: postgres, publisher: publisher)
        do { try await body(house) } catch {
            await publisher.close()
            await postgres.close(grace: .zero)
            throw error
        }
        await publisher.close()
        await postgres.close()
    }

    private static func pool(_ url: String) -> PostgresPool {
        PostgresPool(
            configuration: PostgresConfiguration(url: url, maxConnections: 4, applicationName: "dead-letter-tests"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    // MARK: The service

    /// Runs a service of its own while `body` runs, and stops it gracefully.
    func serving(
        heard: Turns = Turns(), through wire: FaultyWire? = nil, database: FaultyWire? = nil,
        grace: Duration = .seconds(10), _ body: () async throws -> Void
    ) async throws {
        let postgres = Self.pool(database?.url(databaseURL) ?? databaseURL)
        let service = DeadLetterService(
            broker: try wire.map { try AMQPConfiguration(url: $0.url(amqpURL), connectionName: "dead-letter-tests") }
                ?? broker, postgres: postgres, grace: grace, startupTimeout: .seconds(20), prefetch: 8,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { server, problem in heard.add("\(server) \(problem == nil ? "up" : "down")") }
        let group = ServiceGroup(
            services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await group.run() }
        let outcome: Result<Void, any Error>
        do {
            try await eventually("all six queues are consumed", within: .seconds(30)) {
                heard.all.contains("rabbitmq up")
            }
            outcome = .success(try await body())
        } catch { outcome = .failure(error) }
        await group.triggerGracefulShutdown()
        let end = await running.result
        await postgres.close(grace: .zero)
        try outcome.get()
        try end.get()
    }

    // MARK: Messages

    /// Puts a message into the dead-letter queue as a consumer's runtime does.
    func bury(
        _ consumer: ConsumerName = .ingest, id: String? = MessageID.random().rawValue,
        type: String? = "repazoo.ingest.v1", body: [UInt8] = Array(#"{"user_id":"user-123456"}"#.utf8),
        _ headers: AMQPTable = ["repazoo-reason": "attempts_exhausted", "repazoo-code": "network"]
    ) async throws {
        var properties = AMQPProperties()
        properties.messageID = id
        properties.type = type
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.headers = headers
        try await publisher.publish(
            Publication(
                exchange: "repazoo.dead", routingKey: consumer.queue.rawValue, properties: properties, body: body))
    }

    func request(_ id: String) async throws {
        var properties = AMQPProperties()
        properties.messageID = id
        properties.type = "repazoo.ingest.v1"
        properties.contentType = "application/json"
        try await publisher.publish(
            Publication(
                exchange: "repazoo.requests", routingKey: "ingest", properties: properties,
                body: Array(#"{"user_id":"user-123456"}"#.utf8)))
    }

    func take(_ queue: QueueName) async throws -> Delivery? {
        let connection = try await AMQPConnection.open(broker)
        let delivery = try await connection.take(queue.rawValue)
        await connection.close()
        return delivery
    }

    func messages(in queue: QueueName) async throws -> Int {
        let connection = try await AMQPConnection.open(broker)
        let state = try await connection.inspectQueue(queue.rawValue)
        await connection.close()
        return state.messages
    }

    func number(_ sql: SQL) async throws -> Int { try await postgres.query(sql).first?.decode(Int.self, at: 0) ?? 0 }

    func text(_ sql: SQL) async throws -> String? {
        try await postgres.query(sql).first?.decode(String?.self, at: 0) ?? nil
    }

    var stored: Int { get async throws { try await number("select count(*) from dead_letters") } }

    func stored(_ count: Int, within limit: Duration = .seconds(30)) async throws {
        try await eventually("\(count) dead letters are stored", within: limit) { try await stored == count }
    }

    // MARK: Commands

    var environment: [String: String] { ["AMQP_URL": amqpURL, "DATABASE_URL": databaseURL] }

    func repazoo(_ arguments: String...) async throws -> OperatorCommand.Outcome {
        try await OperatorCommand.run(["dead"] + arguments, environment)
    }

    /// Rows as an earlier night may have left them, oldest first.
    func fill(_ count: Int, queue: String = "repazoo.ingest", reason: String = "attempts_exhausted") async throws {
        try await postgres.query(
            """
            insert into dead_letters (queue, message_id, reason, code, body, user_id, headers, died_at)
            select \(queue)::text, gen_random_uuid()::text, \(reason)::text, 'network',
                   '{"user_id":"user-' || n || '"}', 'user-' || n, '{"type":"repazoo.ingest.v1"}',
                   now() - interval '1 day' + n * interval '1 second'
            from generate_series(1, \(count)::int) as n
            """)
    }
}

/// What a service told of its servers, in order.
final class Turns: Sendable {
    private let turns = Mutex<[String]>([])
    var all: [String] { turns.withLock { $0 } }
    func add(_ turn: String) { turns.withLock { $0.append(turn) } }
}
