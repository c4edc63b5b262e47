import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// Rules about the servers, with servers that fail.
@Suite(.timeLimit(.minutes(3)))
struct HealthTests {
    /// A Redis that is nearly full, dies, and comes back; shares of connections and disk that are above what is set.
    @Test func serversThatAreFullOrAway() async throws {
        try await PrivateServers.with([.redis]) { servers in
            let environment = [
                "REDIS_URL": try servers.redisURL, "EXPORT_STORE": "file:///tmp",
            ]
            let low = [
                "ALERT_DATABASE_CONNECTIONS_THRESHOLD": "0.000001", "ALERT_OBJECT_STORE_DISK_THRESHOLD": "0.000001",
            ]
            try await WatchHouse.with(["repazoo-alert"], environment: environment) { watch in
                let redis = try Redis(servers)
                let monitor = try watch.start("repazoo-monitor", environment.merging(low) { $1 })
                // Full to the last tenth is not yet nearly full.
                try await redis.limit(fullness: 0.8)
                try await watch.look()
                #expect(try await watch.status("redis_memory") == nil)
                #expect(try await watch.status("server_down") == nil)
                for rule in ["database_connections", "object_store_disk"] {
                    #expect(try await watch.status(rule) == "open", "\(rule)")
                }
                let told = try await watch.house.postgres.query(
                    "select value from alerts where rule = 'object_store_disk'")[0].decode(Double.self, "value")
                let df = try Program(executable: "/usr/bin/df", ["--output=pcent", "/tmp"], environment: [:])
                #expect(try await df.ended() == 0)
                let percent = try #require(df.text().firstMatch(of: /(\d+)%/).flatMap { Double($0.output.1) })
                #expect(abs(told * 100 - percent) < 3, "\(told), by df \(percent) %")
                try await redis.limit(fullness: 0.99)
                try await watch.look()
                #expect(try await watch.status("redis_memory") == "open")
                try await watch.hears("slack", "redis_memory", "WARNING")
                try await watch.hears("slack", "database_connections", "WARNING")
                try await watch.hears("smtp", "object_store_disk", "CRITICAL")

                try await servers.kill(.redis)
                try await watch.look()
                #expect(try await watch.status("server_down", "redis") == "open")
                #expect(try await watch.status("server_down", "rabbitmq") == nil)
                try await watch.hears("smtp", "server_down redis", "CRITICAL")
                try await servers.start(.redis)
                // With what is built in there is room enough.
                #expect(try await monitor.stop() == 0)
                try watch.start("repazoo-monitor", environment)
                for rule in ["server_down", "redis_memory", "database_connections", "object_store_disk"] {
                    try await watch.looks(until: rule, is: "resolved")
                }
                try await watch.hears("smtp", "server_down redis", "RESOLVED")
                try await watch.hears("slack", "redis_memory", "RESOLVED")
                try await watch.printRules()
            }
        }
    }

    /// Somebody works on the database beside the programs: the server has counted more than they did.
    @Test func queriesThatNobodyCounted() async throws {
        let environment = ["ALERT_DATABASE_ACCESS_UNCOUNTED_THRESHOLD": "500"]
        try await WatchHouse.with(environment: environment) { watch in
            try await watch.house.postgres.query("create extension pg_stat_statements")
            // Not granted: not measured, which is no fault.
            try await watch.look()
            #expect(!watch.house.programs[0].text().contains("could not be measured"))
            try await watch.house.postgres.query(
                "grant execute on function pg_stat_statements(boolean) to repazoo_monitor")
            // The first look has nothing to compare with; what the programs do themselves is not worth telling.
            for _ in 0..<2 { try await watch.look() }
            #expect(try await watch.status("database_access_uncounted") == nil)
            // Far more than twice of what the programs have counted meanwhile.
            for _ in 0..<10 {
                try await watch.house.postgres.atomically(Array(repeating: SQL("select 1"), count: 1000))
            }
            try await watch.look()
            #expect(try await watch.status("database_access_uncounted") == "open")
            try await watch.hears("slack", "database_access_uncounted", "WARNING")
            try await watch.looks(until: "database_access_uncounted", is: "resolved")
            try await watch.hears("slack", "database_access_uncounted", "RESOLVED")
            try await watch.printRules()
        }
    }

    /// The management plugin also tells what is delivered and not acknowledged: a consumer that holds all it takes is seen.
    @Test func theManagementPluginSeesWhatIsHeld() async throws {
        let settings = [
            "SERVERS_RABBITMQ_PLUGINS": "rabbitmq_management",
            "SERVERS_RABBITMQ_CONF": "collect_statistics_interval = 500",
            // A quorum queue tells its figures every 5 s by itself.
            "SERVERS_RABBITMQ_ADVANCED": "[{rabbit, [{quorum_tick_interval, 500}]}].",
        ]
        try await PrivateServers.with([.rabbitmq], settings: settings) { servers in
            let shared = try SharedServers()
            let addresses = House.Addresses(
                amqp: try servers.amqpURL,
                database: shared.databaseURL(named: try await HouseDatabases.shared.next("house", on: shared)),
                redis: shared.redisURL)
            let environment = [
                "RABBITMQ_MANAGEMENT_URL": try Self.managementURL(of: servers),
                "ALERT_QUEUE_DEPTH_THRESHOLD": "5",
            ]
            try await WatchHouse.with(environment: environment, addresses: addresses) { watch in
                let holder = AMQPConsumer(watch.house.broker, queue: "repazoo.ingest", prefetch: 20) { _ in
                    // Until it is stopped.
                    try? await Task.sleep(for: .seconds(600))
                    return .abandon
                }
                try await holder.start(patience: .seconds(20))
                for number in 0..<6 {
                    try await watch.house.publish(IngestRequest(userID: try #require(UserID("user-\(number)"))))
                }
                try await eventually("none is ready") { try await watch.house.messages(in: "repazoo.ingest") == 0 }
                try await watch.looks(until: "queue_depth", "repazoo.ingest", is: "open")
                try await watch.hears("slack", "queue_depth repazoo.ingest", "WARNING")
                await holder.stop(grace: .zero)
                _ = try await watch.house.drain("repazoo.ingest")
                try await watch.looks(until: "queue_depth", "repazoo.ingest", is: "resolved")
                try await watch.printRules()
            }
        }
    }

    private static func managementURL(of servers: PrivateServers) throws -> String {
        let lines = try String(contentsOfFile: servers.folder + "/environment", encoding: .utf8)
        let name = "RABBITMQ_MANAGEMENT_URL="
        return String(try #require(lines.split(separator: "\n").first { $0.hasPrefix(name) }).dropFirst(name.count))
    }

    /// A management plugin that is away is no reason to see nothing.
    @Test func withoutTheManagementPluginTheBrokerIsAsked() async throws {
        let environment = ["RABBITMQ_MANAGEMENT_URL": "http://guest:canary-password@127.0.0.1:1"]
        try await WatchHouse.with(["repazoo-monitor"], environment: environment) { watch in
            try await watch.house.publish(IngestRequest(userID: try #require(UserID("user-1"))))
            try await watch.look()
            #expect(try await watch.status("consumers_missing", "repazoo.ingest") == "open")
            let log = watch.house.programs[0].text()
            #expect(log.contains("the management plugin does not answer") && !log.contains("canary-password"))
        }
    }
}

/// A private Redis, and how full it thinks that it is.
private struct Redis {
    let port: Int

    init(_ servers: PrivateServers) throws {
        port = URLComponents(string: try servers.redisURL)?.port ?? 0
    }

    /// Sets the memory that it may take so that this share of it is taken.
    func limit(fullness: Double) async throws {
        let info = try await command("INFO", "memory")
        let used = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("used_memory:") }
            .flatMap { Double($0.dropFirst("used_memory:".count)) }
        let limit = Int(try #require(used) / fullness)
        #expect(try await command("CONFIG", "SET", "maxmemory", "\(limit)").contains("OK"))
    }

    private func command(_ arguments: String...) async throws -> String {
        let program = try Program(
            executable: "/usr/bin/redis-cli", ["-p", "\(port)"] + arguments, environment: [:])
        #expect(try await program.ended() == 0)
        return program.text()
    }
}
