import ArgumentParser
import Bootstrap
import Contracts
import DeadLetters
import FoundationEssentials
import Postgres
import Privacy

struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists dead letters, the latest first, and sums them up by cause.",
        discussion: """
            Shows what is new, that is, neither replayed nor discarded. Ids may be abbreviated in the other commands as they \
            are here. Users are masked. Reads DATABASE_URL.

              repazoo dead list --queue ingest --reason attempts_exhausted
              repazoo dead list --status all --limit 1000 --json | jq '.dead_letters[].id'
            """)

    static let limits = 1...1_000_000

    @Option(help: "new, replayed, discarded or all.", transform: Self.status) var status = DeadSelection.Status.new
    @OptionGroup var filters: DeadFilters
    @Option(help: "How many at most.") var limit = 50
    @Flag(help: "Answer in JSON.") var json = false

    func validate() throws {
        guard Self.limits.contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000000") }
    }

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let selection = DeadSelection(queue: filters.queue, reason: filters.reason, status: status)
                let list = DeadList(postgres: pool, selection: selection, limit: limit, output: output)
                return try await json ? list.writeJSON() : list.write()
            }
        }
    }

    private static func status(_ text: String) throws -> DeadSelection.Status {
        guard let status = DeadSelection.Status(rawValue: text) else {
            throw ValidationError("--status is new, replayed, discarded or all")
        }
        return status
    }
}

/// Rows are written as they are read, so memory stays the same however many there are.
struct DeadList {
    let postgres: PostgresPool
    let selection: DeadSelection
    let limit: Int
    let output: CommandOutput

    private static let causesShown = 10

    func write() async throws -> Bootstrap.ExitCode {
        let total = try await total()
        guard total > 0 else {
            output.answer("no dead letters\(selection.words)")
            if selection.status == .new {
                output.tell(
                    "(repazoo-alert stores them; what waits in the broker's .dead queues meanwhile, `repazoo doctor` counts)"
                )
            }
            return .done
        }
        output.answer(Self.line(["ID", "AGE", "QUEUE", "REASON", "STATUS", "USER", "CODE"]))
        let now = Date()
        for try await row in rows { output.answer(Self.line(try Entry(row).cells(now))) }
        if total > limit {
            output.answer("… and \(total - limit) more: --limit \(total), or narrow by --queue, --reason")
        }
        if total > 1 { try await writeCauses(total) }
        return .done
    }

    /// One letter a line inside the array, so that a reader may take the answer line by line, too.
    func writeJSON() async throws -> Bootstrap.ExitCode {
        output.answer(#"{"dead_letters":["#)
        var count = 0
        var held: String?
        for try await row in rows {
            if let held { output.answer(held + ",") }
            held = try Entry(row).json.serialized()
            count += 1
        }
        if let held { output.answer(held) }
        let total = max(try await total(), count)
        output.answer(#"],"total":\#(total),"more":\#(total - count)}"#)
        return .done
    }

    private func total() async throws -> Int {
        try await postgres.query("select count(*) as n from dead_letters where \(selection)").first?.decode(
            Int.self, "n") ?? 0
    }

    private var rows: PostgresRowStream {
        postgres.stream(
            """
            select id, queue, message_id, reason, left(code, 200) as code, user_id, status, replayable, deaths,
                   least(greatest(died_at, '0001-01-01'), '9999-12-31') as died
            from dead_letters where \(selection)
            order by died_at desc, id desc limit \(limit)
            """)
    }

    /// What a page of equal lines hides: how many died of what.
    private func writeCauses(_ total: Int) async throws {
        let rows = try await postgres.query(
            """
            select queue, reason, coalesce(left(code, 80), '') as code, count(*) as n from dead_letters
            where \(selection) group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit \(Self.causesShown + 1)
            """)
        output.answer("")
        output.answer("\(Plain.count(total, "dead letter"))\(selection.words), by cause:")
        var table = TextTable()
        for row in rows.prefix(Self.causesShown) {
            let count = try String(row.decode(Int.self, "n"))
            table.add(
                "  " + String(repeating: " ", count: max(0, 7 - count.count)) + count,
                Self.short(queue: try row.decode(String.self, "queue")),
                Plain.line(try row.decode(String.self, "reason")),
                Plain.line(try row.decode(String.self, "code")))
        }
        table.lines.forEach(output.answer)
        if rows.count > Self.causesShown { output.answer("        … and other causes") }
        output.answer("")
        output.answer("`repazoo dead show ID` tells all about one, and what to do")
    }

    /// As `--queue` takes it.
    fileprivate static func short(queue: String) -> String {
        Plain.line(queue.hasPrefix("repazoo.") ? String(queue.dropFirst(8)) : queue, maximumBytes: 32)
    }

    private static let widths = [8, 9, 9, 18, 9, 7]

    private static func line(_ cells: [String]) -> String {
        let padded = cells.enumerated().map { index, cell in
            guard index < widths.count else { return cell }
            return cell + String(repeating: " ", count: max(0, widths[index] - cell.count))
        }
        var line = padded.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }

    /// One line of the list.
    private struct Entry {
        let id: String, queue: String, reason: String, status: String
        let messageID: String?, code: String?, user: String?
        let died: Date
        let isWhole: Bool
        let deaths: Int

        init(_ row: PostgresRow) throws {
            id = try row.decode(String.self, "id")
            queue = try row.decode(String.self, "queue")
            messageID = try row.decode(String?.self, "message_id")
            reason = try row.decode(String.self, "reason")
            code = try row.decode(String?.self, "code")
            status = try row.decode(String.self, "status")
            user = try row.decode(String?.self, "user_id").map { Redactor.mask(userID: $0) }
            isWhole = try row.decode(Bool.self, "replayable")
            deaths = try row.decode(Int.self, "deaths")
            died = try row.decode(Date.self, "died")
        }

        func cells(_ now: Date) -> [String] {
            [
                DeadID.short(id), Plain.age(now.timeIntervalSince(died)), DeadList.short(queue: queue),
                Plain.line(reason, maximumBytes: 32), status, user.map { Plain.line($0) } ?? "",
                Plain.shortened(Plain.line(code ?? "-"), to: 60),
            ]
        }

        var json: JSON {
            .object([
                .init("id", .outside(id)), .init("died_at", .string(RFC3339.text(died))),
                .init("queue", .outside(queue)), .init("reason", .outside(reason)), .init("code", .outside(code)),
                .init("message_id", .outside(messageID)), .init("user", .outside(user)),
                .init("status", .string(status)), .init("replayable", .bool(isWhole)),
                .init("deaths", JSON(count: deaths)),
            ])
        }
    }
}
