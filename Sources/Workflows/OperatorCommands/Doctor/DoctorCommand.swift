import ArgumentParser
import Bootstrap
import FoundationEssentials

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Examines the installation and says what to do.",
        discussion: """
            Looks at the configuration of every program, the three servers, the schema, the topology, the roles, the clocks, \
            the queues, the disk, who leads the schedules, and whether Anthropic knows the models. Changes nothing. Run it with the environment of the consumers:

              set -a; . /etc/repazoo/environment; set +a; repazoo doctor

            Exit codes: 0 all is well (warnings may be there), 1 something is not, 78 bad configuration.
            """)

    @Flag(help: "Answer in JSON.") var json = false
    @Flag(help: "Look at the configuration only, and ask no server.") var configuration = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let doctor = Doctor(environment: ProcessInfo.processInfo.environment)
            let report = await doctor.examine(asksServers: !configuration)
            report.write(to: output, isJSON: json)
            return report.code
        }
    }
}

/// All findings, in the order in which they are told.
struct DoctorReport: Sendable {
    let findings: [Finding]
    let isMisconfigured: Bool

    var code: Bootstrap.ExitCode {
        if isMisconfigured { return .configuration }
        return findings.contains { $0.health == .bad } ? .notSo : .done
    }

    func write(to output: CommandOutput, isJSON: Bool) {
        guard !isJSON else {
            let healthy = JSON.bool(code == .done)
            return output.answer(
                JSON.object([.init("healthy", healthy), .init("findings", .array(findings.map(\.json)))]).serialized())
        }
        var table = TextTable()
        for finding in findings {
            table.add(finding.health.sign, finding.subject, finding.found)
            if let advice = finding.advice { table.add("", "", "→ " + advice) }
        }
        table.lines.forEach(output.answer)
    }
}
