import Alerting
import ArgumentParser
import Bootstrap
import Contracts
import DeadLetters
import FoundationEssentials
import Postgres
import Privacy

struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows everything about one dead letter, and what to do.",
        discussion: """
            The attempts come one a line, the oldest first. The body is what a replay would send: it names its user. \
            Reads DATABASE_URL.

              repazoo dead show 3f2a9c1e
            """)

    @Argument(help: "The id, or its first characters (4 at least).", transform: DeadID.check) var id: String
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let found = try await DeadLookup.id(id, in: pool)
                let rows = try await pool.query(DeadRow.statement(id: found))
                guard let row = rows.first else { throw CommandFault("this dead letter is gone") }
                let portrait = DeadPortrait(row: try DeadRow(row), now: Date())
                if json {
                    output.answer(portrait.json.serialized())
                } else {
                    portrait.lines.forEach(output.answer)
                }
                return .done
            }
        }
    }
}

/// One dead letter in words and in JSON. Pure.
struct DeadPortrait {
    let row: DeadRow
    let now: Date

    private var obstacle: String? {
        do throws(ReplayedMessage.Obstacle) { _ = try row.replay(at: now) } catch { return "\(error)" }
        return nil
    }

    private var attempts: [AttemptTrail.Entry] { AttemptTrail(row.properties[HeaderName.history]?.string).entries }

    var lines: [String] {
        var table = TextTable()
        table.add("dead letter", Plain.line(row.id))
        table.add("status", status)
        table.add("died", "\(Plain.moment(row.diedAt)), \(Plain.age(now.timeIntervalSince(row.diedAt))) ago" + times)
        table.add("queue", Plain.line(row.queue))
        table.add("reason", "\(Plain.line(row.reason)): \(DeadAdvice.meaning(row.reason))")
        table.add("code", Plain.line(row.code ?? "-"))
        table.add("message", Plain.line(row.messageID ?? "(no id that is a UUID)"))
        for member in others {
            table.add(Plain.line(member.key), Plain.line(member.value.string ?? member.value.serialized()))
        }
        for (index, entry) in attempts.enumerated() {
            table.add(index == 0 ? "attempts" : "", "\(Plain.moment(entry.time))  \(entry.code)")
        }
        for (index, death) in (row.properties["x-death"]?.elements ?? []).enumerated() {
            table.add(index == 0 ? "broker says" : "", Self.words(death))
        }
        if let body = row.body {
            let heading = row.isWhole ? "body" : "body, redacted"
            let rest = body.utf8.count - Self.bodyBytes
            let more = rest > 0 ? " … and \(rest) bytes more: --json shows all" : ""
            table.add(heading, Plain.line(body, maximumBytes: Self.bodyBytes) + more)
        }
        return table.lines + [""] + advice
    }

    /// What else is known of the message, the publisher's facts first.
    private var others: [JSON.Member] {
        let first = ["type", "correlation_id", "app_id", "timestamp"]
        let place = { (name: String) in first.firstIndex(of: name) ?? first.count }
        return (row.properties.members ?? []).filter { !Self.toldElsewhere.contains($0.key) }
            .sorted { (place($0.key), $0.key) < (place($1.key), $1.key) }
    }

    private static let bodyBytes = 2000
    private static let toldElsewhere: Set<String> = [
        HeaderName.history, HeaderName.reason, HeaderName.origin, "repazoo-code", "repazoo-died-at", "x-death",
    ]

    private var times: String { row.deaths > 1 ? "; died \(row.deaths) times since" : "" }

    private var status: String {
        guard row.status != "new" else { return "new" }
        let time = row.settledAt.map { " \(Plain.moment($0))" } ?? ""
        let note = row.note.map { ": \(Plain.line($0))" } ?? ""
        return "\(row.status)\(time)\(note)"
    }

    private var advice: [String] {
        guard row.status == "new" else { return ["Nothing is left to do: it was \(row.status)."] }
        let id = DeadID.short(row.id)
        var lines = ["What to do: " + DeadAdvice.steps(row.reason, code: row.code)]
        if let obstacle {
            lines.append("  It cannot be replayed: \(obstacle).")
        } else {
            lines.append("  repazoo dead replay \(id) --dry-run    shows what would be sent")
            lines.append("  repazoo dead replay \(id)              sends it again, under the same id")
        }
        lines.append("  repazoo dead discard \(id)             lays it to rest")
        return lines
    }

    private static func words(_ death: JSON) -> String {
        let time = death["time"]?.string.flatMap { RFC3339.date($0) }.map { "  " + Plain.moment($0) } ?? ""
        let count = death["count"]?.integer.map { $0 > 1 ? ", \($0) times" : "" } ?? ""
        return Plain.line("\(death["reason"]?.string ?? "unknown") in \(death["queue"]?.string ?? "?")\(count)") + time
    }

    var json: JSON {
        let history = attempts.map {
            JSON.object([.init("at", .string(RFC3339.text($0.time))), .init("code", .string($0.code))])
        }
        return .object([
            .init("id", .outside(row.id)), .init("status", .string(row.status)),
            .init("died_at", .string(RFC3339.text(row.diedAt))),
            .init("stored_at", .string(RFC3339.text(row.storedAt))), .init("deaths", JSON(count: row.deaths)),
            .init("queue", .outside(row.queue)), .init("reason", .outside(row.reason)),
            .init("meaning", .string(DeadAdvice.meaning(row.reason))), .init("code", .outside(row.code)),
            .init("message_id", .outside(row.messageID)), .init("user_id", .outside(row.userID)),
            .init("headers", row.properties.cleaned), .init("attempts", .array(history)),
            .init("body", .outside(row.body)), .init("replayable", .bool(obstacle == nil)),
            .init("obstacle", .outside(obstacle)),
            .init("advice", .string(DeadAdvice.steps(row.reason, code: row.code))),
            .init("settled_at", row.settledAt.map { .string(RFC3339.text($0)) } ?? .null),
            .init("settled_by", .outside(row.settledBy)), .init("note", .outside(row.note)),
        ])
    }
}

extension DeadRow {
    fileprivate var properties: JSON { (try? JSON(parsing: headers)) ?? .object([]) }
}
