import Foundation
import TestKit
import Testing
import TokenVault

/// How a consumer that cannot start says so (sysexits).
@Suite(.timeLimit(.minutes(2)))
struct ExitCodeTests {
    @Test(arguments: ["repazoo-ingest", "repazoo-analyze"])
    func badConfigurationNamesEveryVariableAndNoValue(_ name: String) async throws {
        let program = try Program(
            name,
            environment: [
                "AMQP_URL": "", "DATABASE_URL": "", "ENCRYPTION_KEY": "canary", "CONSUMER_CONCURRENCY": "canary",
                "ANTHROPIC_API_KEY": "canary",
            ])
        #expect(try await program.ended() == 78)
        let text = program.text()
        for variable in ["AMQP_URL", "DATABASE_URL", "CONSUMER_CONCURRENCY"] { #expect(text.contains(variable)) }
        #expect(!text.contains("canary"))
    }

    @Test func anUnreachableServerIs69AfterTheTimeout() async throws {
        let program = try Program(
            "repazoo-ingest",
            environment: [
                "DATABASE_URL": "postgresql://somebody:canary@127.0.0.1:1/nowhere", "STARTUP_TIMEOUT": "1s",
                "TWITTER_CLIENT_ID": "id", "TWITTER_CLIENT_SECRET": "canary",
                "ENCRYPTION_KEY": FernetKey.generate(),
            ])
        #expect(try await program.ended() == 69)
        #expect(program.text().contains("PostgreSQL cannot be used"))
        #expect(!program.text().contains("canary"))
    }

    @Test func aWrongPasswordIsAFaultOfTheConfiguration() async throws {
        let servers = try SharedServers()
        let program = try Program(
            "repazoo-ingest",
            environment: [
                "AMQP_URL": servers.amqpURL.replacing("guest:guest@", with: "guest:canary@"),
                "TWITTER_CLIENT_ID": "id", "TWITTER_CLIENT_SECRET": "canary",
                "ENCRYPTION_KEY": FernetKey.generate(), "STARTUP_TIMEOUT": "20s",
            ])
        #expect(try await program.ended() == 78)
        #expect(program.text().contains("AMQP_URL"))
        #expect(!program.text().contains("canary"))
    }

    @Test func badUsageIs64() async throws {
        #expect(try await Program("repazoo-ingest", ["--bogus"], environment: [:]).ended() == 64)
    }
}
