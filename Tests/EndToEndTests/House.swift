import AMQP
import Contracts
import Foundation
import HTTPTransport
import Logging
import Postgres
import Privacy
import Schema
import TestKit
import TokenVault
import Topology

/// The whole house for one test: its own virtual host and database on the shared servers, the sandbox, and the consumers as
/// real processes.
struct House {
    let postgres: PostgresPool
    let publisher: AMQPPublisher
    let broker: AMQPConfiguration
    let http = HTTPClient()
    let sandbox: Program
    let sandboxURL: String
    let consumers: [Program]
    private let vault: TokenVault

    /// Opens a house, runs `body`, and checks that every process stops cleanly.
    static func with(_ body: (House) async throws -> Void) async throws {
        let house = try await open()
        do { try await body(house) } catch {
            for program in house.consumers + [house.sandbox] {
                print("--- \(program.name)\n\(program.text().suffix(4000))")
                try? await program.kill()
            }
            throw error
        }
        for program in house.consumers + [house.sandbox] {
            let code = try await program.stop()
            guard code == 0 else {
                throw HouseFault(text: "\(program.name) ended with \(code): \(program.text().suffix(2000))")
            }
        }
        await house.publisher.close()
        await house.postgres.close()
    }

    private static func open() async throws -> House {
        let servers = try SharedServers()
        let database = uniqueName("house")
        let administrator = pool(servers.databaseURL)
        try await administrator.query("create database \(identifier: database)")
        await administrator.close()
        let databaseURL = servers.databaseURL(named: database)
        let postgres = pool(databaseURL)
        _ = try await Migrator(postgres: postgres).apply()

        let amqpURL = try await servers.newVirtualHost()
        let broker = try AMQPConfiguration(url: amqpURL, connectionName: "house")
        _ = try await TopologyApplier(try .current(), on: broker).apply()
        let publisher = AMQPPublisher(broker)
        try await publisher.start(patience: .seconds(20))

        let key = FernetKey.generate()
        let sandbox = try Program("repazoo-sandbox", ["--port", "0"], environment: [:])
        let url = try await listening(sandbox)
        let environment = [
            "AMQP_URL": amqpURL, "DATABASE_URL": databaseURL, "REDIS_URL": servers.redisURL, "ENCRYPTION_KEY": key,
            "TWITTER_CLIENT_ID": "client", "TWITTER_CLIENT_SECRET": "canary-client-secret",
            "TWITTER_API_URL": url + "/twitter", "ANTHROPIC_API_URL": url + "/anthropic",
            "ANTHROPIC_API_KEY": "canary-api-key", "LOG_LEVEL": "debug",
        ]
        let consumers = try ["repazoo-ingest", "repazoo-analyze"].map { try Program($0, environment: environment) }
        return House(
            postgres: postgres, publisher: publisher, broker: broker, sandbox: sandbox, sandboxURL: url,
            consumers: consumers, vault: try TokenVault(keys: SecretString(key)))
    }

    private static func pool(_ url: String) -> PostgresPool {
        PostgresPool(
            configuration: PostgresConfiguration(url: url, maxConnections: 4, applicationName: "house"),
            logger: Logger(label: "house"))
    }

    private static func listening(_ sandbox: Program) async throws -> String {
        var url: String?
        try await eventually("the sandbox says where it listens", within: .seconds(30)) {
            url = sandbox.text().split(separator: "\n").first { $0.hasPrefix("listening on ") }.map {
                String($0.dropFirst(13))
            }
            return url != nil
        }
        return url ?? ""
    }

    // MARK: People

    /// A user who consented now, subscribed to `tier`, whose account at X is the number `account`.
    func addUser(_ id: String, account: String, mood: String = "mixed", tweets: Int = 40, tier: String = "pro")
        async throws
    {
        let token = try vault.encrypt(SecretString("sandbox-\(account)"), at: Date())
        try await postgres.atomically([
            "insert into users (id, handle, display_name, email) values (\(id), \("canaryhandle"), \("Canary Q. Person"), \("canary@example.org"))",
            """
            insert into oauth_tokens (user_id, provider_user_id, access_token, scopes, expires_at)
            values (\(id), \(account), \(token), 'tweet.read', now() + interval '2 hours')
            """,
            "insert into subscriptions (user_id, tier, status) values (\(id), \(tier), 'active')",
        ])
        let body = """
            {"id":"\(account)","username":"canaryhandle","access_token":"sandbox-\(account)","refresh_token":"sandbox-refresh-\(account)","expires_in":7200,"tweets":\(tweets),"mood":"\(mood)"}
            """
        let answer = try await http.send(
            HTTPRequest(
                .post, sandboxURL + "/sandbox/users", headers: ["content-type": "application/json"],
                body: .bytes(Array(body.utf8))))
        guard (200..<300).contains(answer.status) else {
            throw HouseFault(text: "the sandbox refused the user: \(String(decoding: answer.body, as: UTF8.self))")
        }
    }

    func setFaults(_ spec: String?) async throws {
        let url = sandboxURL + "/sandbox/faults"
        let answer = try await http.send(
            spec.map { HTTPRequest(.put, url, body: .bytes(Array($0.utf8))) } ?? HTTPRequest(.delete, url))
        guard (200..<300).contains(answer.status) else { throw HouseFault(text: "the sandbox refused the faults") }
    }

    var allRun: Bool { consumers.allSatisfy(\.isRunning) }

    // MARK: Messages

    @discardableResult
    func publish<Body: RequestBody>(_ request: Body, id: MessageID = .random()) async throws -> MessageID {
        try await publish(
            request.encode(), id: id.rawValue, type: Body.messageType.rawValue, key: Body.routingKey.rawValue)
        return id
    }

    func publish(_ body: [UInt8], id: String?, type: String, key: String) async throws {
        var properties = AMQPProperties()
        properties.messageID = id
        properties.type = type
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        try await publisher.publish(
            Publication(exchange: "repazoo.requests", routingKey: key, properties: properties, body: body))
    }

    /// The outcome in the receipt of a message, once it is there.
    func outcome(of id: MessageID, at consumer: ConsumerName, within limit: Duration = .seconds(60)) async throws
        -> String
    {
        var outcome: String?
        try await eventually("\(consumer) is done with \(id)", within: limit) {
            outcome = try await postgres.query(
                "select outcome from receipts where consumer = \(consumer.rawValue) and message_id = \(id.rawValue)"
            ).first?.decode(String.self, "outcome")
            return outcome != nil
        }
        return outcome ?? ""
    }

    /// The next dead letter of a consumer.
    func deadLetter(of consumer: ConsumerName) async throws -> Delivery {
        let connection = try await AMQPConnection.open(broker)
        var letter: Delivery?
        try await eventually("a dead letter of \(consumer)", within: .seconds(60)) {
            letter = try await connection.take(consumer.deadQueue.rawValue)
            return letter != nil
        }
        await connection.close()
        guard let letter else { throw HouseFault(text: "no dead letter") }
        return letter
    }

    func messages(in queue: String) async throws -> Int {
        let connection = try await AMQPConnection.open(broker)
        let state = try await connection.inspectQueue(queue)
        await connection.close()
        return state.messages
    }

    func number(_ sql: SQL) async throws -> Int {
        try await postgres.query(sql).first?.decode(Int.self, at: 0) ?? 0
    }
}

struct HouseFault: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}
