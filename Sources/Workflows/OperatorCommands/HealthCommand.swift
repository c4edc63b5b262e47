import ArgumentParser
import Bootstrap
import FoundationEssentials
import HTTPTransport

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Asks a program on this machine whether it is ready; for health checks.",
        discussion: """
            Asks /readyz on HTTP_PORT. Exits 0 when the program has all its servers, 1 when it does not, or does not answer.

              HEALTHCHECK CMD ["repazoo", "health"]
            """)

    @Option(help: "Another port than HTTP_PORT.") var port: Int?
    @Flag(help: "Only whether it is alive (/healthz).") var live = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            var reader = SettingsReader()
            let known = reader.optionalInteger("HTTP_PORT", in: 1...65535)
            try reader.finish()
            guard let port = port ?? known else { throw CommandFault("HTTP_PORT is not set", .configuration) }
            let http = HTTPClient()
            let answer = try? await http.send(
                HTTPRequest(
                    .get, "http://127.0.0.1:\(port)/\(live ? "healthz" : "readyz")",
                    timeouts: HTTPTimeouts(connect: .seconds(2), total: .seconds(5))))
            await http.shutdown()
            guard let answer else { throw CommandFault("nothing answers on port \(port)") }
            output.answer(String(decoding: answer.body.prefix(4096), as: UTF8.self))
            return answer.status == 200 ? .done : .notSo
        }
    }
}
