import Alerts
import ArgumentParser
import Bootstrap
import Contracts
import FoundationEssentials
import Postgres

struct AlertsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists alerts, the worst first.",
        discussion: """
            Shows those that are open or acknowledged. Ids may be abbreviated in the other commands as they are here. Users are \
            masked. Reads DATABASE_URL.

              repazoo alerts list --severity compliance
              repazoo alerts list --status all --limit 500 --json | jq '.alerts[].rule'
            """)

    enum Status: String, CaseIterable, ExpressibleByArgument {
        case living, open, acknowledged, resolved, all

        var statuses: [String] {
            switch self {
            case .living: ["open", "acknowledged"]
            case .all: ["open", "acknowledged", "resolved"]
            case .open, .acknowledged, .resolved: [rawValue]
            }
        }
    }

    @Option(help: "living (open or acknowledged), open, acknowledged, resolved or all.") var status = Status.living
    @Option(help: "Only of this severity: warning, critical or compliance.", transform: Self.severity) var severity:
        AlertSeverity?
    @Option(help: "How many at most.") var limit = 100
    @Flag(help: "Answer in JSON.") var json = false

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000000") }
    }

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let statement = AlertBook.listing(status.statuses, severity: severity?.rawValue, limit: limit)
                let list = AlertsList(output: output, now: Date())
                return json
                    ? try await list.writeJSON(pool.stream(statement))
                    : try await list.write(pool.query(statement), status)
            }
        }
    }

    private static func severity(_ text: String) throws -> AlertSeverity {
        guard let severity = AlertSeverity(rawValue: text) else {
            throw ValidationError("--severity is warning, critical or compliance")
        }
        return severity
    }
}

struct AlertsList {
    let output: CommandOutput
    let now: Date

    func write(_ rows: PostgresResult, _ status: AlertsListCommand.Status) throws -> Bootstrap.ExitCode {
        guard !rows.isEmpty else {
            output.answer(
                status == .living ? "no alerts: all is well, as far as the rules can see" : "no alerts with this status"
            )
            return .done
        }
        var table = TextTable()
        table.add("ID", "SEVERITY", "STATUS", "SINCE", "COUNT", "RULE", "ABOUT")
        for row in rows {
            let alert = try Alert(row)
            table.add(
                DeadID.short(alert.id), alert.severity.rawValue, alert.life.status.rawValue,
                Plain.age(now.timeIntervalSince(alert.life.openedAt)), "\(alert.life.count)", Plain.line(alert.rule),
                Plain.shortened(Plain.line(alert.maskedSubject ?? "-"), to: 60) + clock(alert))
        }
        table.lines.forEach(output.answer)
        output.tell("`repazoo alerts show ID` tells all about one, and what to do")
        return .done
    }

    /// One alert a line inside the array.
    func writeJSON(_ rows: PostgresRowStream) async throws -> Bootstrap.ExitCode {
        output.answer(#"{"alerts":["#)
        var held: String?
        for try await row in rows {
            if let held { output.answer(held + ",") }
            held = try AlertPortrait(alert: Alert(row), now: now).json.serialized()
        }
        if let held { output.answer(held) }
        output.answer("]}")
        return .done
    }

    private func clock(_ alert: Alert) -> String {
        guard let clock = alert.clock, alert.life.status != .resolved else { return "" }
        return "  [breach clock: \(clock.words(at: now))]"
    }
}
