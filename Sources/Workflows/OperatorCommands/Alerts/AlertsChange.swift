import Alerts
import ArgumentParser
import Bootstrap
import FoundationEssentials
import Postgres
import Privacy

struct AlertsAckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Says that somebody looks after alerts.",
        discussion: """
            They stay until their cause is gone, and are told as acknowledged: PagerDuty stops calling. The breach clock of a \
            compliance alert runs on. Reads DATABASE_URL.

              repazoo alerts ack 3f2a9c1e --note "on it"
            """)

    @OptionGroup var options: AlertChangeOptions

    func run() async throws { try await options.carryOut(.acknowledged) }
}

struct AlertsResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Ends alerts by hand.",
        discussion: """
            Whatever is still wrong comes back with the next look of the monitor. An alert of severity compliance is ended only \
            with a note: what was done about it is to be documented (Art. 33 (5) GDPR). Reads DATABASE_URL.

              repazoo alerts resolve 3f2a9c1e --note "told the authority, case 4711"
            """)

    @OptionGroup var options: AlertChangeOptions

    func run() async throws { try await options.carryOut(.resolved) }
}

struct AlertChangeOptions: ParsableArguments {
    @Argument(help: "Ids, or their first characters (4 at least).", transform: DeadID.check) var ids: [String]
    @Option(help: "Why, for those who look later; no personal data (at most 256 bytes).") var note: String?
    @Flag(help: "Answer in JSON.") var json = false

    func validate() throws {
        guard (note ?? "").utf8.count <= 256 else { throw ValidationError("--note has at most 256 bytes") }
        guard !ids.isEmpty, ids.count <= 1000 else { throw ValidationError("name 1 to 1000 alerts") }
    }

    func carryOut(_ action: AlertLife.Action) async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            let note = note.map { Plain.line(Redactor.redact($0)) }
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let change = AlertChange(postgres: pool, action: action, actor: CommandServers.program, note: note)
                // Looked up before anything is changed: a wrong id changes nothing.
                var alerts: [Alert] = []
                for id in ids { alerts.append(try await AlertLookup.alert(id, in: pool)) }
                if action == .resolved, note == nil, let breach = alerts.first(where: { $0.severity == .compliance }) {
                    throw CommandFault(
                        "\(DeadID.short(breach.id)) is of severity compliance: say with --note what was done about it")
                }
                var isComplete = true
                for alert in alerts {
                    let changed = try await change.carryOut(alert.id)
                    isComplete = isComplete && changed != nil
                    say(changed ?? alert, changed != nil, action, output)
                }
                return isComplete ? .done : .notSo
            }
        }
    }

    private func say(_ alert: Alert, _ isChanged: Bool, _ action: AlertLife.Action, _ output: CommandOutput) {
        if json { return output.answer(AlertPortrait(alert: alert, now: Date()).json.serialized()) }
        let words = isChanged ? action.rawValue : "is \(alert.life.status.rawValue) already"
        output.answer(
            "\(DeadID.short(alert.id))  \(words)  \(Plain.line(alert.rule)) \(Plain.line(alert.maskedSubject ?? ""))")
    }
}
