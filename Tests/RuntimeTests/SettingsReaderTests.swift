import Bootstrap
import Foundation
import TestKit
import Testing

@Suite struct SettingsReaderTests {
    @Test func allFaultsAreToldAtOnceAndNoValue() throws {
        var reader = SettingsReader(environment: [
            "AMQP_URL": "http://canary:canary@host", "CONSUMER_CONCURRENCY": "canary", "SHUTDOWN_GRACE": "canary",
            "LOG_FORMAT": "canary", "ENCRYPTION_KEY": "canary",
        ])
        _ = ProcessSettings.read(&reader, program: "test")
        _ = ServerSettings.read(&reader, program: "test", usesRedis: true)
        _ = reader.tokenVault()
        let faults = try #require(throws: ConfigurationFaults.self) { try reader.finish() }
        #expect(
            faults.faults.map(\.variable) == [
                "AMQP_URL", "CONSUMER_CONCURRENCY", "DATABASE_URL", "ENCRYPTION_KEY", "LOG_FORMAT", "REDIS_URL",
                "SHUTDOWN_GRACE",
            ])
        #expect(!faults.description.contains("canary"))
    }

    @Test func aValueMayComeFromAFileButNotTwice() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: uniqueName("setting")).path
        try "secret-value\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var reader = SettingsReader(environment: ["X_FILE": path, "Y": "1", "Y_FILE": path, "Z_FILE": path + "-gone"])
        #expect(reader.text("X") == "secret-value")
        #expect(reader.text("Y") == nil)
        #expect(reader.text("Z") == nil)
        let faults = try #require(throws: ConfigurationFaults.self) { try reader.finish() }
        #expect(faults.faults.map(\.variable) == ["Y", "Z_FILE"])
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("30s", .seconds(30)), ("15m", .seconds(900)), ("24h", .seconds(86400)),
        ("90d", .seconds(90 * 86400)), ("0s", .zero),
    ])
    func durationsAreRead(_ text: String, _ expected: Duration) {
        #expect(Duration(setting: text) == expected)
    }

    @Test(arguments: ["", "5", "s", "-1s", "1.5h", "1h30m", " 1s", "1 s", "99999999999999999999s", "1w"])
    func othersAreNoDurations(_ text: String) {
        #expect(Duration(setting: text) == nil)
    }
}
