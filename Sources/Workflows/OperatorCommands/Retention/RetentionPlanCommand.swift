import ArgumentParser
import Bootstrap
import Contracts
import FoundationEssentials
import Postgres
import Retention

struct RetentionPlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Says exactly what a tick would delete, and changes nothing.",
        discussion: """
            Asks with the very conditions of topology/retention.json that the consumer works by. Counts may take minutes on \
            large tables. Not in it, as only the tick can know: what X's compliance jobs will name, files in the object store \
            that no export owns, and rate windows that jobs in flight left in Redis. Reads DATABASE_URL.

              repazoo retention plan                            what a tick would do now
              repazoo retention plan --at 2026-12-01T03:00:00Z  … and then
            """)

    @Option(help: "The tick's slot, RFC 3339 in UTC (default: now).", transform: Self.time) var at: Date?
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let plan = try await RetentionPlan.make(of: try policy(), at: at ?? Date(), in: pool)
                tell(plan, output)
                return .done
            }
        }
    }

    private func policy() throws(CommandFault) -> RetentionPolicy {
        do throws(InvalidPolicy) { return try RetentionPolicy.current() } catch {
            throw CommandFault("\(error)", .configuration)
        }
    }

    private func tell(_ plan: RetentionPlan, _ output: CommandOutput) {
        if json {
            let lines = plan.lines.map { line in
                JSON.object([
                    .init("rule", .string(line.rule)), .init("table", .string(line.table)),
                    .init("action", .string(line.action)), .init("rows", JSON(count: line.rows)),
                    .init("held", JSON(count: line.held)),
                    .init("lawful_basis", line.lawfulBasis.map { .string($0) } ?? .null),
                ])
            }
            let whole = JSON.object([.init("at", .string(RFC3339.text(plan.slot))), .init("steps", .array(lines))])
            return output.answer(whole.serialized())
        }
        output.answer("a tick at \(Plain.moment(plan.slot)) would")
        var table = TextTable()
        for line in plan.lines {
            table.add(
                line.action.replacing("_", with: "-"), "\(line.rows)", line.table, line.rule,
                line.held > 0 ? "(\(line.held) kept by legal holds)" : "")
        }
        table.lines.forEach { output.answer("  " + $0) }
    }

    private static func time(_ text: String) throws -> Date {
        guard let time = RFC3339.date(text) else {
            throw ValidationError("--at: an RFC 3339 time in UTC, such as 2026-12-01T03:00:00Z")
        }
        return time
    }
}
