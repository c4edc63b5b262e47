import AMQP
import ArgumentParser
import Bootstrap
import DeadLetters
import FoundationEssentials

struct DeadReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Sends dead letters to their queues again.",
        discussion: """
            Each goes to the queue that it died in and nowhere else, under its old message id, with a fresh count of attempts. \
            What was done before is not done twice; gates such as consent are asked anew. Letters that cannot be read are \
            skipped and told. If it breaks off in the middle, run it again: at worst a letter is sent twice, which is harmless.

              repazoo dead replay 3f2a9c1e 77ab01f3
              repazoo dead replay --queue analyze --reason attempts_exhausted --dry-run
              repazoo dead replay --all

            Exit code 0 when all that were selected were sent, 1 when some were not. Reads DATABASE_URL and AMQP_URL.
            """)

    @OptionGroup var selectors: DeadSelectors
    @Flag(help: "Show exactly what would be sent, and where; send nothing, change nothing.") var dryRun = false
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read(
                dryRun ? [.postgres] : [.postgres, .broker], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let (work, report) = try await DeadWork.prepare(
                    selectors, .replay, in: pool, isDryRun: dryRun, isJSON: json, output)
                var replay = DeadReplay(work: work, report: report)
                if dryRun { return try await replay.rehearse() }
                return try await replay.send(to: try servers.needed(\.broker, "AMQP_URL"))
            }
        }
    }
}

/// Sends letters, or shows what would be sent, and reports.
struct DeadReplay {
    let work: DeadLetterWork
    private(set) var report: DeadWorkReport

    init(work: DeadLetterWork, report: DeadWorkReport) {
        self.work = work
        self.report = report
    }

    mutating func rehearse() async throws -> Bootstrap.ExitCode {
        var report = report
        try await work.rehearse { letter, result in
            switch result {
            case .success(let message): report.did(letter, message)
            case .failure(let obstacle): report.skipped(letter, because: "\(obstacle)")
            }
        }
        self.report = report
        report.finish()
        return report.skipped == 0 ? .done : .notSo
    }

    mutating func send(to broker: AMQPConfiguration) async throws -> Bootstrap.ExitCode {
        guard report.total > report.skipped else {
            report.finish()
            return report.skipped == 0 ? .done : .notSo
        }
        let post = ReplayPost(broker)
        var report = report
        do {
            try await post.open()
            try await work.replay(by: post) { report.hear($0) }
        } catch {
            await post.close()
            let fault = CommandFault(error)
            report.finish()
            throw CommandFault(
                "\(fault)\n  What is not told as replayed is new still. Run it again once that is mended.", fault.code)
        }
        await post.close()
        report.finish()
        return report.done == report.total ? .done : .notSo
    }
}
