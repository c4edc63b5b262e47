import Foundation
import Logging
package import Postgres

// Every program of a house logs in as itself, to the database and, if it is a consumer or the scheduler, to the broker: a right that
// it lacks shows in every test.
extension House {
    /// The roles `repazoo_…` that migration 0009 makes.
    package static let programRoles = [
        "ingest", "analyze", "export", "retention", "monitor", "alert", "scheduler", "console", "operator", "backend",
    ]

    /// Makes a login for each program's role, once in a cluster. They share the password of `url`'s user: the cluster is the
    /// test run's own.
    static func makeLogins(_ postgres: PostgresPool, like url: String) async throws {
        let password = DatabaseUser(of: url).password
        for program in programRoles {
            try await postgres.transaction { transaction in
                // Names of ours, and a password of hexadecimal digits.
                try await transaction.script(
                    """
                    do $$ begin
                        create role repazoo_\(program)_login login password '\(password)' in role repazoo_\(program);
                    exception when duplicate_object or unique_violation then null;
                    end $$
                    """)
            }
        }
    }

    /// `environment` with the program's own login in place of the house's.
    func withOwnLogin(_ name: String, _ arguments: [String], _ environment: [String: String]) -> [String: String] {
        guard let program = Self.role(of: name, arguments) else { return environment }
        var own = environment
        if let url = environment["DATABASE_URL"], DatabaseUser(of: url) == DatabaseUser(of: addresses.database) {
            own["DATABASE_URL"] = DatabaseUser(of: url).replaced(in: url, by: "repazoo_\(program)_login")
        }
        // The private brokers' users have their names as passwords. A cluster (a list of brokers) has none but its own.
        if !["operator", "console"].contains(program), environment["AMQP_URL"]?.contains(",") == false {
            own["AMQP_URL"] = environment["AMQP_URL"]?.replacing("//guest:guest@", with: "//\(program):\(program)@")
        }
        return own
    }

    /// The database as a program's role sees it. To be closed.
    package func login(_ role: String) -> PostgresPool {
        let url = DatabaseUser(of: addresses.database).replaced(in: addresses.database, by: "repazoo_\(role)_login")
        return PostgresPool(
            configuration: PostgresConfiguration(url: url, maxConnections: 2, applicationName: "repazoo-\(role)"),
            logger: Logger(label: "house"))
    }

    private static func role(of name: String, _ arguments: [String]) -> String? {
        switch name {
        case "repazoo": "operator"
        // `consumer-drill run KIND`: the standard job is ingest's.
        // … and what only charges is the analyzer's.
        case "consumer-drill":
            arguments.dropFirst().first.map { programRoles.contains($0) ? $0 : $0 == "quota" ? "analyze" : "ingest" }
        default: programRoles.first { name == "repazoo-" + $0 }
        }
    }
}

/// The name and password in a `postgresql://name:password@…`.
private struct DatabaseUser: Equatable {
    let name: String
    let password: String

    init(of url: String) {
        let parts = URLComponents(string: url)
        name = parts?.user ?? ""
        password = parts?.password ?? ""
    }

    func replaced(in url: String, by other: String) -> String {
        url.replacing("//\(name):\(password)@", with: "//\(other):\(password)@", maxReplacements: 1)
    }
}
