import AMQP
import Bootstrap
import FoundationEssentials
import Postgres

/// Each of the demo's programs logs in as itself, as an operator's do: with a role that may do what the program needs
/// (topology/access.md), and a broker user of topology/users.json. Nothing of the demo works with more rights than in earnest.
struct DemoLogins: Sendable {
    private let database: String
    private let broker: String
    /// Names are nobody else's: roles belong to a whole cluster.
    private let suffix: String
    private let password: String
    private let programs: [String]
    private let hasBrokerUsers: Bool

    /// Makes the database logins; `DATABASE_URL` has to be of somebody who may. Programs that are not among the roles have none.
    static func make(
        for programs: [String], in postgres: PostgresPool, environment: [String: String],
        tell: (String) -> Void
    ) async throws -> DemoLogins {
        var reader = SettingsReader(environment: environment)
        let logins = DemoLogins(
            database: reader.text("DATABASE_URL") ?? "", broker: reader.text("AMQP_URL") ?? "", suffix: random(4),
            password: random(16), programs: programs,
            hasBrokerUsers: await hasUsers(programs, at: reader.text("AMQP_URL") ?? ""))
        // Names of ours, and a password of hexadecimal digits.
        for program in programs {
            try await postgres.query(
                SQL(
                    trusted: """
                        create role \(logins.role(of: program)) login password '\(logins.password)' in role \(group(program))
                        """))
        }
        tell(
            logins.hasBrokerUsers
                ? "each program has a login of its own, to the database and to the broker"
                : "each program has a database login of its own; on this broker they share the one of AMQP_URL")
        return logins
    }

    /// `environment` with the program's own addresses in place of those that everything was prepared with.
    func environment(for program: String, from environment: [String: String]) -> [String: String] {
        guard programs.contains(program) else { return environment }
        var own = environment
        // For libpq what comes last holds.
        own["DATABASE_URL_FILE"] = nil
        own["DATABASE_URL"] =
            database + (database.contains("?") ? "&" : "?") + "user=\(role(of: program))&password=\(password)"
        if hasBrokerUsers {
            own["AMQP_URL_FILE"] = nil
            own["AMQP_URL"] = Self.brokerURL(broker, for: program)
        }
        return own
    }

    /// The programs are to have ended.
    func drop(from postgres: PostgresPool) async throws {
        for program in programs { try await postgres.query(SQL(trusted: "drop role \(role(of: program))")) }
    }

    private func role(of program: String) -> String { "\(Self.group(program))_demo_\(suffix)" }

    private static func group(_ program: String) -> String { program.replacing("-", with: "_") }

    /// On the private brokers (compose/servers) every user's password is its name, guest's too. Others are not guessed.
    private static func hasUsers(_ programs: [String], at url: String) async -> Bool {
        guard let program = programs.first, brokerURL(url, for: program) != url,
            let configuration = try? AMQPConfiguration(url: brokerURL(url, for: program), connectionName: "demo login"),
            let connection = try? await AMQPConnection.open(configuration)
        else { return false }
        await connection.close()
        return true
    }

    private static func brokerURL(_ url: String, for program: String) -> String {
        let user = program.replacing("repazoo-", with: "")
        return url.replacing("//guest:guest@", with: "//\(user):\(user)@")
    }

    private static func random(_ bytes: Int) -> String {
        (0..<bytes).map { _ in
            let byte = UInt8.random(in: .min ... .max)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
