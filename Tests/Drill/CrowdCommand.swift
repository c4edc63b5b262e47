import AMQP
import ArgumentParser
import Bootstrap
import Contracts
import EventLoop
import FoundationEssentials
import Logging
import Postgres
import Privacy
import Schema
import TokenVault
import Topology

/// Many people at once: makes users who consented, asks for the timeline of each, and waits until all are read by whatever
/// consumers run. Prints one line.
struct Crowd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Has many timelines read; takes AMQP_URL, DATABASE_URL, ENCRYPTION_KEY.",
        discussion: "The user n of a name has the account n at the sandbox. Start the consumers before.")

    @Argument(help: "Part of the users' ids: another name, other users.") var name: String
    @Argument var users = 1000
    @Argument var tweets = 800
    @Flag(help: "Make schema, topology and users only.") var prepare = false

    func run() async throws {
        var reader = SettingsReader()
        let servers = ServerSettings.read(&reader, program: "consumer-drill", connections: 4)
        let vault = reader.tokenVault()
        try reader.finish()
        guard let broker = servers.broker, let postgres = servers.postgres, let vault else { return }
        let pool = PostgresPool(configuration: postgres, logger: Logger(label: "crowd"))
        if prepare {
            _ = try await Migrator(postgres: pool).apply()
            _ = try await TopologyApplier(try .current(), on: broker).apply()
            return try await people(pool, vault)
        }
        let before = try await stored(pool)
        let start = ContinuousClock.now
        try await ask(broker)
        while try await done(pool) < users { try await Task.sleep(for: .milliseconds(20)) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let new = try await stored(pool) - before
        print("crowd \(users) users \(new) tweets \(seconds) s \(Int(Double(new) / seconds)) tweets/s")
    }

    private func people(_ pool: PostgresPool, _ vault: TokenVault) async throws {
        let numbers = Array(1...users)
        let tokens = try numbers.map { try vault.encrypt(SecretString("sandbox-\($0)"), at: Date()) }
        try await pool.query(
            """
            with made as (
                insert into users (id) select \(name) || '-' || n from unnest(\(numbers)::int[]) as n returning id),
            tokens as (
                insert into oauth_tokens (user_id, provider_user_id, access_token, expires_at)
                select \(name) || '-' || n, n::text, token, now() + interval '2 hours'
                from unnest(\(numbers)::int[], \(tokens)::text[]) as t (n, token))
            insert into subscriptions (user_id, tier, status) select id, 'pro', 'active' from made
            """)
    }

    private func ask(_ broker: AMQPConfiguration) async throws {
        let publisher = AMQPPublisher(broker)
        try await publisher.start(patience: .seconds(10))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...users {
                group.addTask(executorPreference: EventLoop.shared) {
                    try await publisher.publish(try message(number))
                }
            }
            try await group.waitForAll()
        }
        await publisher.close()
    }

    private func message(_ number: Int) throws -> Publication {
        guard let user = UserID("\(name)-\(number)") else { throw ValidationError("the name is no part of an id") }
        var properties = AMQPProperties()
        properties.messageID = MessageID.random().rawValue
        properties.type = IngestRequest.messageType.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        return Publication(
            exchange: ExchangeName.requests.rawValue, routingKey: IngestRequest.routingKey.rawValue,
            properties: properties, body: IngestRequest(userID: user, maxTweets: tweets, analyze: false).encode())
    }

    private func done(_ pool: PostgresPool) async throws -> Int {
        try await pool.query(
            """
            select count(*) from audit_log
            where user_id like \(name + "-%") and action = 'ingest' and outcome in ('done', 'refused')
            """
        ).first?.decode(Int.self, at: 0) ?? 0
    }

    private func stored(_ pool: PostgresPool) async throws -> Int {
        try await pool.query("select count(*) from twitter_data where user_id like \(name + "-%")").first?
            .decode(Int.self, at: 0) ?? 0
    }
}
