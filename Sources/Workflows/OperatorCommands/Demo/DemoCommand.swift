import ArgumentParser
import Contracts
import FoundationEssentials

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Sends one user's tweets from the request to the analysis, and shows what happened.",
        discussion: """
            Migrates, applies the topology, starts the sandbox (which plays X and Anthropic) and the consumers, and publishes \
            one request. Expects AMQP_URL, DATABASE_URL and REDIS_URL to name servers that are its own: it refuses a database \
            with other users in it. Best run by make, which starts such servers:

              make demo
              make demo TIMELINE=tweets.jsonl    lines {"id","text"}; with a numeric "sentiment" the result is judged by it
              make demo KEEP=1                   leave everything running
            """)

    @Option(help: "The user's posts: JSON lines {\"id\",\"text\"[,\"sentiment\"]}. Without it they are generated.")
    var timeline: String?
    @Flag(help: "Leave the programs running, and print how to talk to them.") var keep = false
    @Option(help: "The user's id (default: user-123456).", transform: Self.user) var user: UserID?

    func run() async throws {
        try await CommandRun.carryOut { output in
            let environment = ProcessInfo.processInfo.environment
            let ratings = try timeline.map { try TimelineRatings.read(path: $0) }
            let demo = Demo(
                user: user ?? Self.standardUser, timeline: timeline, ratings: ratings, keeps: keep,
                environment: environment,
                servers: try CommandServers.read([.broker, .postgres, .redis], environment: environment), output: output
            )
            return try await demo.run()
        }
    }

    private static let standardUser = UserID("user-123456")

    private static func user(_ text: String) throws -> UserID {
        guard let user = UserID(text) else { throw ValidationError("--user: 1 to 128 bytes without white space") }
        return user
    }
}
