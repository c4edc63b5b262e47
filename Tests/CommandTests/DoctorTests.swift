import Bootstrap
import Testing

@testable import OperatorCommands

@Suite(.timeLimit(.minutes(1)))
struct DoctorTests {
    @Test func allFaultsAreToldAtOnceAndNoValue() async throws {
        let secret = "hunter2"
        let environment = [
            "AMQP_URL": "http://\(secret)@host", "DATABASE_URL": "postgresql://u:\(secret)@[broken",
            "REDIS_URL": "rediss://\(secret)@h",
            "ENCRYPTION_KEY": secret, "RABBITMQ_MANAGEMENT_URL": "ftp://\(secret)@h", "ANTHROPIC_API_KEY": secret,
        ]
        let report = await Doctor(environment: environment).examine()
        #expect(report.code == .configuration)
        let bad = report.findings.filter { $0.health == .bad }.map(\.subject)
        #expect(bad == ["AMQP_URL", "DATABASE_URL", "ENCRYPTION_KEY", "RABBITMQ_MANAGEMENT_URL", "REDIS_URL"])
        let recorded = RecordedOutput()
        report.write(to: recorded.output, isJSON: false)
        report.write(to: recorded.output, isJSON: true)
        #expect(!recorded.answers.joined().contains(secret))
        #expect(recorded.answers.joined().contains("TWITTER_CLIENT_ID, TWITTER_CLIENT_SECRET"))
    }

    @Test func whatIsNotSetIsNamedWithWhatIsExpected() async throws {
        let report = await Doctor(environment: [:]).examine()
        #expect(report.code == .configuration)
        #expect(
            report.findings.filter { $0.health == .bad }.map(\.subject) == [
                "AMQP_URL", "DATABASE_URL", "ENCRYPTION_KEY", "REDIS_URL",
            ])
    }

    @Test func serversOutOfReachAreToldEachByItself() async throws {
        let environment = [
            "AMQP_URL": "amqp://u:hunter2@127.0.0.1:1/", "DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/d",
            "REDIS_URL": "redis://127.0.0.1:1/0", "ENCRYPTION_KEY": "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=",
        ]
        let report = await Doctor(environment: environment).examine()
        #expect(report.code == .notSo)
        #expect(report.findings.filter { $0.health == .bad }.map(\.subject) == ["rabbitmq", "postgresql", "redis"])
        #expect(!report.findings.contains { $0.found.contains("hunter2") })
    }

    @Test func theTableAndTheJSON() {
        let report = DoctorReport(
            findings: [
                .good("redis", "7.0.15"), .warning("clock", "3.0 s behind", "run NTP"),
                .bad("schema", "2 migrations missing", "run `repazoo migrate`"),
            ], isMisconfigured: false)
        let recorded = RecordedOutput()
        report.write(to: recorded.output, isJSON: false)
        #expect(
            recorded.answers == [
                "✓  redis   7.0.15", "!  clock   3.0 s behind", "           → run NTP",
                "✗  schema  2 migrations missing",
                "           → run `repazoo migrate`",
            ])
        report.write(to: recorded.output, isJSON: true)
        #expect(
            recorded.answers.last == """
                {"healthy":false,"findings":[{"subject":"redis","status":"ok","found":"7.0.15"},{"subject":"clock",\
                "status":"warning","found":"3.0 s behind","advice":"run NTP"},{"subject":"schema","status":"bad",\
                "found":"2 migrations missing","advice":"run `repazoo migrate`"}]}
                """)
        #expect(report.code == .notSo)
        #expect(DoctorReport(findings: [.warning("a", "b", "c")], isMisconfigured: false).code == .done)
    }

    @Test func aSkewOfMoreThanTwoSecondsWarns() {
        #expect(PostgresExamination.judge(skew: 1.9).health == .good)
        #expect(PostgresExamination.judge(skew: -2.1).health == .warning)
        #expect(PostgresExamination.judge(skew: -2.1).found.contains("2.1 s behind"))
        #expect(PostgresExamination.judge(skew: 2.1).found.contains("ahead of"))
    }

    @Test func theVersionOfRedisIsFoundInItsAnswer() {
        #expect(RedisExamination.version(in: "# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:0\r\n") == "7.0.15")
        #expect(RedisExamination.version(in: "") == nil)
    }
}
