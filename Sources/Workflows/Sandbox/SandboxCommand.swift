import ArgumentParser
import FoundationEssentials
import Glibc
import Logging

struct SandboxCommand: AsyncParsableCommand {
    enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "repazoo-sandbox",
        abstract:
            "Plays X, Anthropic, Slack, PagerDuty and a mail server on loopback, holding to the providers' rules.",
        discussion: """
            X answers under /twitter/2, Anthropic under /anthropic/v1, Slack's webhooks
            under /slack/services/T/B/X, PagerDuty under /pagerduty/v2/enqueue; mail is
            taken by SMTP on a port of its own (--smtp-port). The access token
            sandbox-<user id> and, once, the refresh token sandbox-refresh-<user id>
            are valid for that user (an id is 1 to 19 digits).

            POST /sandbox/users  an account: {"id"} and, as wished, "username",
                "access_token", "refresh_token", "expires_in", "tweets",
                "mood" (glad, angry, mixed), "state" (active, protected, suspended, gone)
            POST /sandbox/edits  {"id","tweet_id","text"}: somebody edits a post
            GET, DELETE /sandbox/log  what came (?provider=anthropic)
            GET /sandbox/pagerduty  the incidents and their state
            GET /sandbox/mail  where mail is taken
            PUT, DELETE /sandbox/faults  SPEC as the body
            PUT /sandbox/anthropic  {"rpm","itpm","otpm","unknown_models","overloaded_models","batch_seconds",
                "batch_unanswered","obeys":[{"phrase","effect"}],"obeys_inside"}
            GET /healthz

            \(FaultPlan.help)
            """, version: "0.1.0")

    @Option(help: "Port; 0 takes a free one.") var port: Int
    @Option(help: "Address to listen on.") var host = "127.0.0.1"
    @Option(help: "Port of the mail server; 0 takes a free one.") var smtpPort = 0
    @Option(help: "The posts of every user: JSON lines {\"id\",\"text\"}. Without it they are generated.")
    var timeline: String?
    @Option(help: "Delay of each provider's answer, such as 50ms.", transform: Self.duration)
    var latency = Duration.zero
    @Option(help: "Faults to inject: SPEC, see above.", transform: Self.plan) var faults = FaultPlan.none
    @Option(help: "Log lines on standard error: text or json (default: LOG_FORMAT, or json).")
    var logFormat: LogFormat?

    func validate() throws {
        guard (0...65_535).contains(port), (0...65_535).contains(smtpPort) else {
            throw ValidationError("--port and --smtp-port are numbers from 0 to 65535")
        }
    }

    func run() async throws {
        let named = ProcessInfo.processInfo.environment["LOG_FORMAT"].flatMap(LogFormat.init)
        let format = logFormat ?? named ?? .json
        LoggingSystem.bootstrap { label in SandboxLogHandler(label: label, isJSON: format == .json) }
        let logger = Logger(label: "repazoo-sandbox")
        var options = SandboxServer.Options()
        (options.host, options.port, options.latency, options.faults) = (host, port, latency, faults)
        options.mailPort = smtpPort
        options.timeline = try timeline.map(Self.read)
        let host = host
        do {
            try await SandboxServer(options: options, logger: logger).run(endsOnSignals: true) { port, mailPort in
                // One write: whoever waits for the first line has the second one, too.
                let mail = mailPort.map { "\nmail on smtp://\(host):\($0)" } ?? ""
                print("listening on http://\(host):\(port)\(mail)")
                fflush(nil)
            }
        } catch {
            Self.complain("cannot listen on \(host):\(port): \(error)")
            throw ExitCode(69)
        }
    }

    private static func read(_ path: String) throws -> [XTweet] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            complain("the timeline \(path) cannot be read; give a file that exists and may be read")
            throw ExitCode(78)
        }
        do {
            return try XTimelineFile.read(Array(data))
        } catch {
            complain("the timeline \(path), \(error)")
            throw ExitCode(78)
        }
    }

    private static func duration(_ text: String) throws -> Duration {
        guard let duration = SandboxDuration.parse(text) else {
            throw ValidationError("a duration is written 500ms, 30s or 15m")
        }
        return duration
    }

    private static func plan(_ text: String) throws -> FaultPlan {
        do { return try FaultPlan(text) } catch { throw ValidationError("\(error)") }
    }

    private static func complain(_ text: String) { SandboxLogHandler.write("repazoo-sandbox: \(text)\n") }
}
