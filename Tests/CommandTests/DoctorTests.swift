import AMQP
import Bootstrap
import Redis
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
        #expect(ClockExamination.judge("the database's", skew: 1.9).health == .good)
        #expect(ClockExamination.judge("the database's", skew: -2.1).health == .warning)
        #expect(ClockExamination.judge("the database's", skew: -2.1).found.contains("2.1 s behind"))
        #expect(ClockExamination.judge("the database's", skew: 2.1).found.contains("ahead of"))
    }

    @Test func theVersionOfRedisIsFoundInItsAnswer() {
        #expect(
            RedisExamination.value("redis_version", in: "# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:0\r\n")
                == "7.0.15")
        #expect(RedisExamination.value("redis_version", in: "") == nil)
    }

    @Test func aDiskIsJudgedByRoomAndShare() {
        #expect(DiskExamination.judge("disk", free: 1 << 29, total: 1 << 31).health == .bad)
        #expect(DiskExamination.judge("disk", free: 4 << 30, total: 100 << 30).health == .warning)
        #expect(DiskExamination.judge("disk", free: 6 << 30, total: 100 << 30).health == .good)
        // A folder that is not there yet is made when it is needed; one below what is no folder cannot be.
        let good = DiskExamination(subject: "disk", folder: "/tmp/none/here", variable: "EXPORT_STORE").findings()
        #expect(good.map(\.found).allSatisfy { !$0.contains("cannot") })
        let bad = DiskExamination(subject: "disk", folder: "/proc/none", variable: "EXPORT_STORE").findings()
        #expect(bad.map(\.health) == [.bad])
    }

    @Test func whatAnybodyOnTheWayCouldReadIsWarnedOf() throws {
        func broker(_ url: String) throws -> [Finding] {
            WireExamination.findings(try AMQPConfiguration(url: url, connectionName: "test"))
        }
        for url in ["amqp://u:p@127.0.0.1:1/", "amqp://u:p@[::1]/", "amqps://broker.example/", "amqp://localhost"] {
            #expect(try broker(url).isEmpty, "\(url)")
        }
        for url in [
            "amqp://u:p@broker.example/", "amqps://broker.example/?verify=verify_none",
            "amqps://broker.example,amqp://other.example", "amqp://127.broker.example",
        ] { #expect(try broker(url).map(\.health) == [.warning], "\(url)") }
        func redis(_ url: String) throws -> [Finding] { WireExamination.findings(try RedisConfiguration(url: url)) }
        #expect(try redis("redis://127.0.0.1:1/0").isEmpty && redis("unix:///run/redis.sock").isEmpty)
        #expect(try redis("redis://cache.example/0").map(\.health) == [.warning])
    }

    @Test func secretsInTheEnvironmentAreWarnedOf() {
        func found(_ environment: [String: String]) -> [Finding] { SecretExamination.findings(environment) }
        #expect(found(["AMQP_URL": "amqp://broker/", "REDIS_URL": "redis://h:1/0", "ENCRYPTION_KEY": ""]).isEmpty)
        #expect(found(["ENCRYPTION_KEY_FILE": "/run/secrets/key"]).map(\.health) == [.good])
        let open = found([
            "ENCRYPTION_KEY_FILE": "/k", "AMQP_URL": "amqp://u:hunter2@h/", "SLACK_WEBHOOK_URL": "https://h/x",
        ])
        #expect(open.map(\.health) == [.warning])
        #expect(open.map(\.found) == ["stand in the environment: AMQP_URL, SLACK_WEBHOOK_URL"])
    }

    @Test func aConsoleInPlainTextIsWarnedOf() {
        func health(_ more: [String: String]) -> [Finding.Health] {
            var reader = SettingsReader(environment: ["CONSOLE_USERS": "x"].merging(more) { $1 })
            return ConsoleExamination.findings(&reader).map(\.health)
        }
        #expect(health(["PUBLIC_URL": "https://console.example.com"]) == [.good])
        #expect(health([:]) == [.good] && health(["PUBLIC_URL": "http://localhost:8080"]) == [.good])
        #expect(health(["CONSOLE_HOST": "0.0.0.0"]) == [.warning])
        #expect(health(["PUBLIC_URL": "http://console.example.com"]) == [.warning])
        #expect(health(["CONSOLE_USERS": ""]).isEmpty)
    }

    @Test func aRedisThatForgetsWithARestartIsWarnedOf() {
        #expect(RedisExamination.judge(persistence: "aof_enabled:1\r\n").health == .good)
        #expect(RedisExamination.judge(persistence: "aof_enabled:0\r\n").health == .warning)
        #expect(RedisExamination.judge(persistence: "").health == .warning)
    }

    /// A window that Redis forgets is a limit that is forgotten.
    @Test func aRedisThatThrowsKeysAwayIsAFault() {
        let policy = { (limit: String, policy: String) in
            "# Memory\r\nmaxmemory:\(limit)\r\nmaxmemory_policy:\(policy)\r\n"
        }
        #expect(RedisExamination.judge(memory: policy("1000", "allkeys-lru")).map(\.health) == [.bad])
        #expect(RedisExamination.judge(memory: policy("0", "allkeys-lru")).isEmpty)
        #expect(RedisExamination.judge(memory: policy("1000", "noeviction")).isEmpty)
    }
}
