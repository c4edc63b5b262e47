import Foundation
import Testing

/// What documents tell people to type is there, and what people can set is told.
@Suite(.timeLimit(.minutes(1)))
struct ReferenceTests {
    /// Used between programs and scripts of ours, and by nobody else.
    private static let internalNames: Set = ["REPAZOO_SERVERS_DIR"]

    @Test func everyVariableThatIsReadIsExplained() throws {
        let readme = try Project.text("README.md")
        var names: Set<String> = []
        for match in try Project.sources("Sources").matches(of: /"([A-Z]{2,}(?:_[A-Z0-9]+)+)"/) {
            let name = String(match.output.1)
            names.insert(name.hasSuffix("_FILE") ? String(name.dropLast(5)) : name)
        }
        #expect(names.count > 60)
        let missing = names.subtracting(Self.internalNames).filter {
            !readme.contains("`\($0)`") && $0 != "ALERT_RULES"
        }
        #expect(missing.isEmpty)
    }

    /// Of our own programs and scripts, in code spans and blocks.
    @Test func everyCommandThatIsNamedExists() throws {
        var named = 0
        for document in try Project.documents() {
            for command in Self.commands(in: try Project.text(document)) {
                guard let fault = try Self.fault(of: command) else { continue }
                if fault.isEmpty { named += 1 } else { Issue.record("\(document): `\(command)`: \(fault)") }
            }
        }
        #expect(named > 60)
    }

    @Test func everyItemOfTheProductionChecklistHasItsCommand() throws {
        let text = try Project.text("COMPLIANCE.md")
        let start = try #require(text.range(of: "## Production checklist")).upperBound
        let rows = text[start...].split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
        #expect(rows.count >= 13)
        var byHand = 0
        for row in rows {
            let cell = row.split(separator: "|", maxSplits: 1).dropFirst().joined()
            if cell.contains("by hand:") {
                byHand += 1
            } else {
                let commands = Self.commands(in: cell)
                #expect(try commands.contains { try Self.fault(of: $0) == "" }, "\(row.prefix(60))")
            }
        }
        #expect(byHand == 2, "what no program can see")
    }

    // MARK: Reading

    /// Code spans and the lines of code blocks.
    private static func commands(in text: String) -> [String] {
        var (commands, isBlock) = ([String](), false)
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```") {
                isBlock.toggle()
            } else if isBlock {
                commands.append(String(line))
            } else {
                commands += line.matches(of: /`([^`]+)`/).map { String($0.output.1) }
            }
        }
        return commands
    }

    /// Nil for what is no command of ours, empty for one that exists.
    private static func fault(of command: String) throws -> String? {
        let words = command.split { " \t".contains($0) }.prefix { !$0.hasPrefix("#") && !$0.hasPrefix(">") }.map(
            String.init)
        guard let first = words.first(where: { !$0.contains("=") }) else { return nil }
        let rest = words.drop { $0 != first }.dropFirst()
        switch first {
        case "repazoo":
            guard let group = rest.first, group.first?.isLetter == true else { return nil }
            return try subcommandFault(group, rest.dropFirst().first)
        case "make":
            let target = rest.first { !$0.contains("=") } ?? ""
            return try Project.text("Makefile").contains("\n\(target):") ? "" : "no such target"
        default:
            guard first.hasPrefix("compose/") || first.hasPrefix("Benchmarks/") || first.hasPrefix("Tests/"),
                !first.contains("*")
            else { return nil }
            return Project.exists(first) ? "" : "no such file"
        }
    }

    /// A group's second word is a command of the group.
    private static func subcommandFault(_ group: String, _ word: String?) throws -> String {
        let sources = try Project.sources("Sources/Workflows/OperatorCommands")
        // A command without a name of its own has its type's.
        let known = { (name: String) in
            sources.contains("commandName: \"\(name)\"")
                || sources.contains("struct \(name.capitalized): AsyncParsableCommand")
        }
        guard known(group) else { return "no such command" }
        let takesWords = ["publish", "run", "redact", "sanitize"].contains(group)
        guard !takesWords, let word, word.allSatisfy({ $0.isLowercase || $0 == "-" }), !word.hasPrefix("-") else {
            return ""
        }
        return known(word) ? "" : "no such command"
    }
}
