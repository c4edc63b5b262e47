import AMQP
import ArgumentParser
import Bootstrap
import Contracts
import FoundationEssentials
import Postgres

struct PublishCommand: AsyncParsableCommand {
    enum Work: String, ExpressibleByArgument, CaseIterable { case ingest, analyze, export, erase }

    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Asks the consumers for work, and follows it if told to.",
        discussion: """
            Prints the message id alone on standard output once the broker has taken the message for good. Publishing the \
            same id twice does the work once.

              repazoo publish ingest --user user-123456 --wait --max-tweets 800
              repazoo publish erase --user user-123456 --message-id "$(uuidgen)"

            --wait shows progress on standard error and exits 0 when the work is done, 1 when it was refused or is not done \
            in time. Reads AMQP_URL, and DATABASE_URL for --wait.
            """)

    @Argument(help: "ingest (an analysis follows), analyze, export or erase.") var work: Work
    @Option(help: "The user's id.", transform: Self.user) var user: UserID
    @Flag(help: "Follow the work to its end.") var wait = false
    @Option(help: "How long --wait waits, such as 90s or 5m.", transform: Self.duration) var timeout = Duration.seconds(
        300)
    @Option(help: "With ingest: how many tweets at most (1 to 3200; default 800).") var maxTweets: Int?
    @Flag(help: "With ingest: no analysis afterwards.") var noAnalyze = false
    @Option(help: "The id to publish under, a UUID (default: a new one).", transform: Self.message) var messageID:
        MessageID?

    func validate() throws {
        if work != .ingest, maxTweets != nil || noAnalyze {
            throw ValidationError("--max-tweets and --no-analyze go with ingest only")
        }
        if let maxTweets, !IngestRequest.tweetLimits.contains(maxTweets) {
            throw ValidationError("--max-tweets is a number from 1 to 3200")
        }
    }

    func run() async throws {
        try await CommandRun.carryOut { output in
            let needs: Set<CommandServers.Need> = wait ? [.broker, .postgres] : [.broker]
            let servers = try CommandServers.read(needs, environment: ProcessInfo.processInfo.environment)
            let broker = try servers.needed(\.broker, "AMQP_URL")
            let id = messageID ?? .random()
            try await request.publish(under: id, to: broker)
            output.answer(id.rawValue)
            guard wait else { return .done }
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let follower = WorkFollower(postgres: pool, broker: broker, tell: output.tell)
                let end = try await follower.follow(id, by: request.consumer, for: user, within: timeout)
                if case .done = end { return .done }
                output.tell("repazoo: \(end)")
                return .notSo
            }
        }
    }

    private var request: WorkRequest {
        switch work {
        case .ingest:
            WorkRequest(IngestRequest(userID: user, maxTweets: maxTweets ?? 800, analyze: !noAnalyze), .ingest)
        case .analyze: WorkRequest(AnalyzeRequest(userID: user), .analyze)
        case .export: WorkRequest(ExportRequest(userID: user, requestedBy: "operator"), .export)
        case .erase: WorkRequest(EraseRequest(userID: user, reason: "operator"), .retention)
        }
    }

    private static func user(_ text: String) throws -> UserID {
        guard let user = UserID(text) else { throw ValidationError("--user: 1 to 128 bytes without white space") }
        return user
    }

    private static func duration(_ text: String) throws -> Duration {
        guard let duration = Duration(setting: text) else {
            throw ValidationError("--timeout: write 500ms, 90s, 5m or 1h")
        }
        return duration
    }

    private static func message(_ text: String) throws -> MessageID {
        guard let id = MessageID(text) else { throw ValidationError("--message-id: a UUID other than the nil UUID") }
        return id
    }
}
