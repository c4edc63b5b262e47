package import AMQP
package import Foundation
package import HTTPTransport
import Logging
package import Postgres
import Privacy
import Schema
import Synchronization
package import TestKit
package import TokenVault
import Topology

/// The whole house for one test: a virtual host and a database of its own, the sandbox, and the consumers as real processes.
package final class House: Sendable {
    /// What a house is made of.
    package struct Plan: Sendable {
        /// Started with the house; more by `start`.
        package var consumers = ["repazoo-ingest", "repazoo-analyze"]
        package var hasSandbox = true
        /// What the sandbox is told beside its port.
        package var sandbox: [String] = []
        /// Nil = a virtual host and a database of its own on the servers that the test run shares.
        package var addresses: Addresses?
        /// Another broker than `addresses` names.
        package var broker: String?
        /// How the consumers see the servers: through wires, say.
        package var consumersSee: @Sendable (Addresses) throws -> Addresses = { $0 }
        /// Beside, or instead of, what every consumer gets.
        package var environment: [String: String] = [:]

        package init() {}
    }

    package struct Addresses: Sendable {
        package var amqp: String
        package var database: String
        package var redis: String

        package init(amqp: String, database: String, redis: String) {
            self.amqp = amqp
            self.database = database
            self.redis = redis
        }

        package init(_ servers: PrivateServers) throws {
            self.init(amqp: try servers.amqpURL, database: try servers.databaseURL, redis: try servers.redisURL)
        }
    }

    package let postgres: PostgresPool
    package let publisher: AMQPPublisher
    package let broker: AMQPConfiguration
    package let http = HTTPClient()
    package let addresses: Addresses
    /// What every consumer's environment holds.
    package let environment: [String: String]
    /// Empty without a sandbox.
    package let sandboxURL: String
    /// The folder where exports lie.
    package let store: URL
    package let vault: TokenVault
    private let started = Mutex<[Program]>([])

    private init(
        _ addresses: Addresses, _ postgres: PostgresPool, _ publisher: AMQPPublisher, _ broker: AMQPConfiguration,
        _ vault: TokenVault, _ sandboxURL: String, _ store: URL, _ environment: [String: String]
    ) {
        self.addresses = addresses
        self.postgres = postgres
        self.publisher = publisher
        self.broker = broker
        self.vault = vault
        self.store = store
        self.sandboxURL = sandboxURL
        self.environment = environment
    }

    /// Opens a house, runs `body`, and checks that every process that still runs stops cleanly, and that every message that passed
    /// is as `topology/asyncapi.yaml` and the schemas describe it.
    package static func with(_ body: (House) async throws -> Void) async throws { try await with(Plan(), body) }

    package static func with(_ plan: Plan, _ body: (House) async throws -> Void) async throws {
        let (house, sandbox) = try await open(plan)
        defer { try? FileManager.default.removeItem(at: house.store) }
        do {
            for name in plan.consumers { try house.start(name) }
            try await body(house)
        } catch {
            for program in house.programs + sandbox {
                print("--- \(program.name)\n\(program.text().suffix(4000))")
                try? await program.kill()
            }
            throw error
        }
        for program in house.programs + sandbox where program.isRunning {
            let code = try await program.stop()
            // One that was started a moment ago has not got as far as to hear signals.
            guard code == 0 || (code == SIGTERM && program.text().isEmpty) else {
                throw HouseFault(text: "\(program.name) ended with \(code): \(program.text().suffix(2000))")
            }
        }
        // Servers of a test's own have no tap: what passes there passes elsewhere, too.
        if plan.addresses == nil, plan.broker == nil {
            let faults = try await MessageJudge.shared.faults(in: try await house.seen())
            guard faults.isEmpty else {
                throw HouseFault(text: "\(faults.count) messages are not as described: \(faults.prefix(3))")
            }
        }
        await house.publisher.close()
        await house.postgres.close()
        try? FileManager.default.removeItem(atPath: house.storeFolder)
    }

    /// Where the consumers keep their objects.
    package var storeFolder: String { String((environment["EXPORT_STORE"] ?? "").dropFirst("file://".count)) }

    /// Every consumer started so far, ended or not.
    package var programs: [Program] { started.withLock { $0 } }

    package var allRun: Bool { programs.allSatisfy(\.isRunning) }

    @discardableResult
    package func start(_ name: String, _ arguments: [String] = [], _ more: [String: String] = [:]) throws -> Program {
        let program = try Program(
            name, arguments, environment: withOwnLogin(name, arguments, environment.merging(more) { $1 }))
        started.withLock { $0.append(program) }
        return program
    }

    // MARK: Opening

    private static func open(_ plan: Plan) async throws -> (House, [Program]) {
        var addresses: Addresses
        if let given = plan.addresses { addresses = given } else { addresses = try await ownAddresses() }
        if let broker = plan.broker { addresses.amqp = broker }
        let seen = try plan.consumersSee(addresses)
        let postgres = pool(addresses.database)
        _ = try await Migrator(postgres: postgres).apply()
        try await makeLogins(postgres, like: addresses.database)
        let broker = try AMQPConfiguration(url: addresses.amqp, connectionName: "house")
        _ = try await TopologyApplier(try .current(), on: broker).apply()
        let publisher = AMQPPublisher(broker)
        try await publisher.start(patience: .seconds(20))

        let sandbox =
            plan.hasSandbox ? [try Program("repazoo-sandbox", ["--port", "0"] + plan.sandbox, environment: [:])] : []
        let url = try await listening(sandbox.first)
        let key = FernetKey.generate()
        let store = FileManager.default.temporaryDirectory.appending(path: uniqueName("exports"))
        let environment = [
            "AMQP_URL": seen.amqp, "DATABASE_URL": seen.database, "REDIS_URL": seen.redis,
            "ENCRYPTION_KEY": key, "TWITTER_CLIENT_ID": uniqueName("client"),
            "TWITTER_CLIENT_SECRET": "canary-client-secret",
            "TWITTER_API_URL": url + "/twitter", "ANTHROPIC_API_URL": url + "/anthropic",
            "ANTHROPIC_API_KEY": "canary-api-key", "LOG_LEVEL": "debug",
            "EXPORT_STORE": "file://\(store.path)", "EXPORT_SIGNING_KEY": "canary-signing-key-0123456789",
            "PUBLIC_URL": "https://console.example.com",
            "AUDIT_SIGNING_KEY": "cmVwYXpvbyB0ZXN0cyBzaWduIHdpdGggdGhpcyBrZXk=",
        ]
        let house = House(
            addresses, postgres, publisher, broker, try TokenVault(keys: SecretString(key)), url, store,
            environment.merging(plan.environment) { $1 })
        return (house, sandbox)
    }

    private static func ownAddresses() async throws -> Addresses {
        let servers = try SharedServers()
        let database = try await HouseDatabases.shared.next("house", on: servers)
        return Addresses(
            amqp: try await servers.newVirtualHost(), database: servers.databaseURL(named: database),
            redis: servers.redisURL)
    }

    static func pool(_ url: String) -> PostgresPool {
        PostgresPool(
            configuration: PostgresConfiguration(url: url, maxConnections: 4, applicationName: "house"),
            logger: Logger(label: "house"))
    }

    private static func listening(_ sandbox: Program?) async throws -> String {
        guard let sandbox else { return "http://127.0.0.1:1" }
        var url: String?
        try await eventually("the sandbox says where it listens", within: .seconds(30)) {
            url = sandbox.text().split(separator: "\n").first { $0.hasPrefix("listening on ") }.map {
                String($0.dropFirst(13))
            }
            return url != nil
        }
        return url ?? ""
    }
}

package struct HouseFault: Error, CustomStringConvertible {
    let text: String
    package var description: String { text }
}
