import ArgumentParser
import Bootstrap
import Testing

@testable import OperatorCommands

@Suite(.timeLimit(.minutes(1)))
struct CommandLineTests {
    private static let commands: [(type: any ParsableCommand.Type, words: String)] = [
        (DoctorCommand.self, "doctor"), (MigrateCommand.self, "migrate"), (TopologyCommand.self, "topology"),
        (TopologyCommand.Apply.self, "topology apply"), (TopologyCommand.Verify.self, "topology verify"),
        (TopologyCommand.Show.self, "topology show"), (PublishCommand.self, "publish"), (KeysCommand.self, "keys"),
        (KeysCommand.Generate.self, "keys generate"), (RedactCommand.self, "redact"),
        (SanitizeCommand.self, "sanitize"),
        (DemoCommand.self, "demo"), (DeadCommand.self, "dead"), (DeadListCommand.self, "dead list"),
        (DeadShowCommand.self, "dead show"), (DeadReplayCommand.self, "dead replay"),
        (DeadDiscardCommand.self, "dead discard"),
    ]

    @Test func everyCommandHasHelpThatTeaches() {
        for command in Self.commands {
            let text = RepazooCommand.helpMessage(for: command.type, columns: 100)
            #expect(text.contains("OVERVIEW: "))
            #expect(text.contains("USAGE: repazoo \(command.words)"))
            #expect(!command.type.configuration.abstract.isEmpty)
            #expect(!command.type.configuration.discussion.isEmpty, "\(command.words) explains nothing")
        }
    }

    @Test(arguments: [
        ["publish", "ingest"], ["publish", "dance", "--user", "user-1"],
        ["publish", "analyze", "--user", "u", "--no-analyze"],
        ["publish", "ingest", "--user", "u", "--max-tweets", "3201"], ["publish", "ingest", "--user", "a b"],
        ["publish", "ingest", "--user", "u", "--message-id", "7"],
        ["publish", "ingest", "--user", "u", "--timeout", "soon"],
        ["nonsense"], ["doctor", "--yaml"],
    ])
    func badUsageEndsWith64(arguments: [String]) throws {
        let error = #expect(throws: (any Error).self) { try RepazooCommand.parseAsRoot(arguments) }
        #expect(RepazooCommand.exitCode(for: try #require(error)).rawValue == 64)
    }

    @Test func aRequestIsReadAsItIsMeant() throws {
        let command = try RepazooCommand.parseAsRoot([
            "publish", "ingest", "--user", "user-123456", "--max-tweets", "20", "--no-analyze", "--wait", "--timeout",
            "90s",
            "--message-id", "AAAAAAAA-0000-4000-8000-000000000001",
        ])
        let publish = try #require(command as? PublishCommand)
        #expect(publish.user.rawValue == "user-123456")
        #expect(publish.maxTweets == 20)
        #expect(publish.noAnalyze && publish.wait)
        #expect(publish.timeout == .seconds(90))
        #expect(publish.messageID?.rawValue == "aaaaaaaa-0000-4000-8000-000000000001")
    }

    @Test func versionIsTheReleases() throws {
        let error = #expect(throws: (any Error).self) { try RepazooCommand.parseAsRoot(["--version"]) }
        #expect(RepazooCommand.message(for: try #require(error)) == Release.version)
    }
}
