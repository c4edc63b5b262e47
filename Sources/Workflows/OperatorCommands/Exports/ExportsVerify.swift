import ArgumentParser
import Bootstrap
import Export

struct ExportsVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks an export's file against its schema, its counts and its digest.",
        discussion: """
            Takes the ZIP as it was downloaded, or export.json out of it. Needs no server and no key. The digest tells whether the \
            document is as it was made; that it was made here is told by comparing the file's SHA-256 with the one in \
            `repazoo exports list` or the event export.ready (--sha256 does it).

            Exits 0 when all is well, 1 when something is not.
            """)

    @Argument(help: "The file.") var file: String
    @Option(help: "The SHA-256 that the file should have.") var sha256: String?
    @Flag(help: "For scripts.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let finding: ExportFile.Finding
            do { finding = try await ExportFile.check(path: file) } catch let error as ExportFile.Unreadable {
                throw CommandFault("\(error)", .usage)
            }
            var problems = finding.problems
            if let sha256, sha256.lowercased() != finding.sha256 { problems.append("the file has another SHA-256") }
            tell(finding, problems, output)
            return problems.isEmpty ? .done : .notSo
        }
    }

    private func tell(_ finding: ExportFile.Finding, _ problems: [String], _ output: CommandOutput) {
        if json {
            let answer: JSON = [
                "valid": .bool(problems.isEmpty), "export_id": .outside(finding.exportID),
                "snapshot_at": .outside(finding.snapshotAt), "sha256": .string(finding.sha256),
                "bytes": JSON(count: finding.bytes),
                "counts": .object(finding.counts.map { .init($0.name, JSON(count: $0.count)) }),
                "problems": .array(problems.map { .string($0) }),
            ]
            return output.answer(answer.serialized())
        }
        output.answer("export    " + Plain.line(finding.exportID ?? "unknown", maximumBytes: 100))
        output.answer("snapshot  " + Plain.line(finding.snapshotAt ?? "unknown", maximumBytes: 100))
        output.answer("sha256    \(finding.sha256), \(Plain.count(finding.bytes, "byte"))")
        var table = TextTable()
        for (name, count) in finding.counts { table.add("  " + name, String(count)) }
        for line in table.lines { output.answer(line) }
        for problem in problems { output.answer("NOT SO: " + Plain.line(problem)) }
        if problems.isEmpty { output.answer("schema, counts and digest are right") }
    }
}
