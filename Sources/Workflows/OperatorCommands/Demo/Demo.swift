import AMQP
import Bootstrap
import Contracts
import FoundationEssentials
import HTTPTransport
import Postgres
import Schema
import TokenVault
import Topology

/// One user's way from request to analysis, on servers of the demo's own.
struct Demo {
    let user: UserID?
    let timeline: String?
    let ratings: TimelineRatings?
    let keeps: Bool
    let environment: [String: String]
    let servers: CommandServers
    let output: CommandOutput

    func run() async throws -> Bootstrap.ExitCode {
        guard let user else { throw CommandFault("--user is not an id", .usage) }
        let broker = try servers.needed(\.broker, "AMQP_URL")
        let http = HTTPClient()
        return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { postgres in
            let stage = DemoStage(
                subject: DemoSubject(user: user), postgres: postgres, broker: broker, http: http, output: output)
            let key = FernetKey.generate()
            try await stage.prepare(encryptionKey: key)
            let logins = try await DemoLogins.make(
                for: DemoPrograms.consumerNames, in: postgres, environment: environment, tell: output.tell)
            let programs: DemoPrograms
            do {
                programs = try await DemoPrograms.start(
                    timeline: timeline, encryptionKey: key, environment: environment, logins: logins, http: http)
            } catch {
                try await logins.drop(from: postgres)
                throw error
            }
            output.tell("started \(programs.names); logs in \(programs.logs.path)")
            let result: Result<Bootstrap.ExitCode, any Error>
            do { result = .success(try await stage.play(programs, ratings: ratings)) } catch {
                result = .failure(error)
            }
            let bad = keeps ? [] : await programs.stop()
            if !keeps { try await logins.drop(from: postgres) }
            await http.shutdown()
            let code = try result.get()
            guard bad.isEmpty else {
                let ends = bad.map { "\($0.name) with exit code \($0.code)" }.joined(separator: ", ")
                throw CommandFault("did not stop cleanly: \(ends); see \(programs.logs.path)")
            }
            if keeps {
                explain(programs, user)
            } else {
                output.tell("stopped \(programs.names): each with exit code 0")
            }
            return code
        }
    }

    private func explain(_ programs: DemoPrograms, _ user: UserID) {
        let folder = environment["REPAZOO_SERVERS_DIR"]
        output.answer("")
        output.answer("Everything stays up. To talk to it:")
        if let folder {
            output.answer("  set -a; source \(folder)/environment; set +a   # AMQP_URL, DATABASE_URL, REDIS_URL")
        }
        let repazoo = ChildProgram.folder.appending(path: "repazoo").path
        output.answer("  \(repazoo) publish ingest --user \(user.rawValue) --wait")
        output.answer("  \(repazoo) doctor")
        if let folder {
            output.answer("  compose/servers rabbitmqctl --dir \(folder) list_queues name messages consumers")
        }
        output.answer("  psql \"$DATABASE_URL\" -c 'select model, sentiment, score from analyses'")
        for consumer in programs.consumers {
            output.answer(
                "  curl http://127.0.0.1:\(consumer.port)/metrics   # \(consumer.program.name), process \(consumer.program.id)"
            )
        }
        output.answer("  curl \(programs.sandboxURL)/sandbox/log   # process \(programs.sandbox.id)")
        output.answer("  tail -f \(programs.logs.path)/*.log")
    }
}
