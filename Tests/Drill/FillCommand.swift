import AMQP
import ArgumentParser
import Bootstrap
import Contracts
import EventLoop
import Logging
import Postgres
import Schema
import Topology

/// Work for analyzers: users with tweets, and a request for each. For `Benchmarks/analysis/run`.
struct Fill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Makes schema, topology and users with tweets, and asks for an analysis of each; takes AMQP_URL, DATABASE_URL."
    )

    @Argument(help: "How many users.") var users: Int
    @Option(help: "Tweets of each.") var tweets = 40

    func run() async throws {
        var reader = SettingsReader()
        let servers = ServerSettings.read(&reader, program: "consumer-drill", connections: 4)
        try reader.finish()
        guard let broker = servers.broker, let postgres = servers.postgres else { return }
        let pool = PostgresPool(configuration: postgres, logger: Logger(label: "fill"))
        _ = try await Migrator(postgres: pool).apply()
        _ = try await TopologyApplier(try .current(), on: broker).apply()
        try await pool.atomically([
            "insert into users (id) select 'reader-' || n from generate_series(1, \(users)) n",
            "insert into oauth_tokens (user_id, access_token) select 'reader-' || n, '' from generate_series(1, \(users)) n",
            """
            insert into subscriptions (user_id, tier, status)
            select 'reader-' || n, case n % 2 when 0 then 'pro' else 'basic' end, 'active' from generate_series(1, \(users)) n
            """,
            """
            insert into twitter_data (user_id, tweet_id, text, posted_at, retain_until)
            select 'reader-' || n, t::text,
                   (array['I love my new garden, the roses are wonderful', 'This train is late again and I hate waiting in the rain',
                          'Meeting at noon, bring the slides', 'What a great evening with good friends'])[t % 4 + 1] || ' ' || t,
                   now() - make_interval(days => t), now() + interval '90 days'
            from generate_series(1, \(users)) n, generate_series(1, \(tweets)) t
            """,
        ])
        let publisher = AMQPPublisher(broker)
        try await publisher.start(patience: .seconds(10))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<min(200, users) {
                group.addTask(executorPreference: EventLoop.shared) { [users] in
                    for number in stride(from: lane + 1, through: users, by: 200) {
                        try await publisher.publish(Self.message(number))
                    }
                }
            }
            try await group.waitForAll()
        }
        await publisher.close()
    }

    private static func message(_ number: Int) -> Publication {
        var properties = AMQPProperties()
        properties.messageID = MessageID.random().rawValue
        properties.type = AnalyzeRequest.messageType.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        return Publication(
            exchange: ExchangeName.requests.rawValue, routingKey: AnalyzeRequest.routingKey.rawValue,
            properties: properties, body: Array(#"{"user_id":"reader-\#(number)"}"#.utf8))
    }
}
