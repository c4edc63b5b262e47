import ArgumentParser
import Bootstrap
import FoundationEssentials
import Schema

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the database to the schema of this release.",
        discussion: """
            Safe to run at any time and from any number of machines at once: what is applied stays, what is missing is \
            applied in order, each step in a transaction of its own. Reads DATABASE_URL.

              repazoo migrate            apply what is missing
              repazoo migrate --status   say what is applied and what is missing; exit 1 if the schema is not this release's
            """)

    @Flag(help: "Only say where the database stands; change nothing.") var status = false
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let report = MigrationReport(migrator: Migrator(postgres: pool), output: output, isJSON: json)
                return status ? try await report.status() : try await report.apply()
            }
        }
    }
}

/// Applies migrations, or lists them, in words or in JSON.
struct MigrationReport {
    let migrator: Migrator
    let output: CommandOutput
    let isJSON: Bool

    func apply() async throws -> Bootstrap.ExitCode {
        let output = output
        let done = try await migrator.apply { output.tell("applied \($0.number) \($0.name)") }
        if isJSON {
            let applied = done.map {
                JSON.object([.init("number", JSON(count: $0.number)), .init("name", .string($0.name))])
            }
            output.answer(JSON.object([.init("applied", .array(applied))]).serialized())
        } else {
            output.answer(done.isEmpty ? "the schema is up to date" : "\(Plain.count(done.count, "migration")) applied")
        }
        return .done
    }

    func status() async throws -> Bootstrap.ExitCode {
        let rows = try await migrator.status()
        if isJSON {
            output.answer(JSON.array(rows.map(\.json)).serialized())
        } else {
            var table = TextTable()
            for row in rows { table.add(row.isApplied ? "✓" : "✗", "\(row.number)", row.name, row.state.words) }
            table.lines.forEach(output.answer)
        }
        return rows.allSatisfy(\.isApplied) ? .done : .notSo
    }
}

extension Migrator.Status {
    var isApplied: Bool { if case .applied = state { true } else { false } }

    fileprivate var json: JSON {
        var members: [JSON.Member] = [
            .init("number", JSON(count: number)), .init("name", .string(name)), .init("state", .string(state.word)),
        ]
        if case .applied(let time) = state { members.append(.init("applied_at", .string(time))) }
        return .object(members)
    }
}

extension Migrator.State {
    fileprivate var word: String {
        switch self {
        case .applied: "applied"
        case .pending: "pending"
        case .changed: "changed"
        case .unknown: "unknown"
        }
    }

    fileprivate var words: String {
        switch self {
        case .applied(let time): "applied \(time)"
        case .pending: "pending: run `repazoo migrate`"
        case .changed: "applied with another text: this database was made by another build"
        case .unknown: "made by a newer release: install that one"
        }
    }
}
