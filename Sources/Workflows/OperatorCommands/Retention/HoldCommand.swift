public import ArgumentParser
import AuditTrail
import Bootstrap
import Contracts
import FoundationEssentials
import Postgres
public import Retention

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Legal holds: what must not be deleted for now, for whom, and why.",
        discussion: """
            A hold is for one user and one category (all, \(categories)) and blocks hard deletion only: what is due is still \
            taken out of use, and an erasure deletes everything else. What a hold kept back goes with the first tick after its \
            end. Every change is in the audit trail. Reads DATABASE_URL.

              repazoo hold set --user user-123456 --category tweets --owner legal@example.org --reason "case 7/26" --for 180d
              repazoo hold list
              repazoo hold release 3f2a9c1e-…
            """, subcommands: [HoldSet.self, HoldList.self, HoldRelease.self])

    static let categories = HoldCategory.allCases.filter { $0 != .all }.map(\.rawValue).joined(separator: ", ")

    static func withPool(
        _ body: @escaping (PostgresPool, CommandOutput) async throws -> Bootstrap.ExitCode
    ) async throws(ArgumentParser.ExitCode) {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                try await body(pool, output)
            }
        }
    }

    /// Ids, categories and times; owner and reason stay in the row.
    static func entry(_ action: String, _ hold: String, _ user: UserID?, _ category: String) -> SQL {
        AuditEntry(
            actor: CommandServers.program, userID: user, action: action, outcome: "done",
            detail: ["hold": .string(hold), "category": .string(category)]
        ).statement
    }
}

extension HoldCategory: ExpressibleByArgument {}

struct HoldSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Sets a hold and prints its id.")

    @Option(help: "The user's id.") var user: String
    @Option(help: "What must not be deleted.") var category: HoldCategory
    @Option(help: "Who answers for the hold.") var owner: String
    @Option(help: "Why it is needed.") var reason: String
    @Option(name: .customLong("for"), help: "How long it lasts, such as 180d.") var time: String

    func validate() throws {
        guard UserID(user) != nil else { throw ValidationError("--user: 1 to 128 bytes without white space") }
        guard let duration = Duration(setting: time), duration > .zero else {
            throw ValidationError("--for: write 24h or 180d")
        }
        guard !owner.isEmpty, !reason.isEmpty else { throw ValidationError("--owner and --reason must say something") }
    }

    func run() async throws {
        try await HoldCommand.withPool { pool, output in
            guard let subject = UserID(user), let duration = Duration(setting: time) else { return .usage }
            guard try await pool.query("select id from users where id = \(user)").first != nil else {
                throw CommandFault("there is no such user")
            }
            let (id, now) = (MessageID.random().rawValue, Date())
            try await pool.atomically([
                """
                insert into legal_holds (id, user_id, category, owner, reason, set_at, expires_at)
                values (\(id), \(user), \(category.rawValue), \(owner), \(reason), \(now),
                        \(now.addingTimeInterval(duration / .seconds(1))))
                """,
                HoldCommand.entry("hold.set", id, subject, category.rawValue),
            ])
            output.answer(id)
            return .done
        }
    }
}

struct HoldRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "release", abstract: "Ends a hold before its time.")

    @Argument(help: "The hold's id, as `repazoo hold list` shows it.") var id: String

    func run() async throws {
        try await HoldCommand.withPool { pool, output in
            try await pool.transaction { transaction in
                let row = try await transaction.query(
                    """
                    update legal_holds set released_at = now(), released_by = \(CommandServers.program)
                    where id = \(id) and released_at is null returning user_id, category
                    """
                ).first
                guard let row else { throw CommandFault("no hold of this id is in force") }
                try await transaction.query(
                    HoldCommand.entry(
                        "hold.release", id, UserID(try row.decode(String.self, "user_id")),
                        try row.decode(String.self, "category")))
            }
            output.answer("released; what it kept back goes with the next tick")
            return .done
        }
    }
}

struct HoldList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the holds in force.")

    @Option(help: "Only those of this user.") var user: String?
    @Flag(help: "Those that have ended, too.") var all = false
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await HoldCommand.withPool { pool, output in
            let rows = try await pool.query(
                SQL(
                    """
                    select id, user_id, category, owner, reason, set_at, expires_at,
                           released_at is null and expires_at > now() as in_force
                    from legal_holds
                    where (\(user)::text is null or user_id = \(user)) and (\(all) or released_at is null and expires_at > now())
                    order by expires_at, id
                    """))
            var table = TextTable()
            var list: [JSON] = []
            for row in rows {
                let hold = try Hold(row)
                table.add(
                    hold.id, hold.user, hold.category,
                    (hold.isInForce ? "until " : "ended, was until ") + Plain.moment(hold.expiresAt), hold.owner,
                    hold.reason)
                list.append(hold.json)
            }
            if json { output.answer(JSON.array(list).serialized()) } else { table.lines.forEach(output.answer) }
            if rows.isEmpty { output.tell("no holds") }
            return .done
        }
    }

    private struct Hold {
        let id, user, category, owner, reason: String
        let expiresAt: Date
        let isInForce: Bool

        init(_ row: PostgresRow) throws {
            id = Plain.line(try row.decode(String.self, "id"))
            user = UserID(try row.decode(String.self, "user_id"))?.masked ?? "***"
            category = try row.decode(String.self, "category")
            owner = Plain.line(try row.decode(String.self, "owner"))
            reason = Plain.line(try row.decode(String.self, "reason"))
            expiresAt = try row.decode(Date.self, "expires_at")
            isInForce = try row.decode(Bool.self, "in_force")
        }

        var json: JSON {
            .object([
                .init("id", .string(id)), .init("user", .string(user)), .init("category", .string(category)),
                .init("owner", .string(owner)), .init("reason", .string(reason)),
                .init("expires_at", .string(RFC3339.text(expiresAt))), .init("in_force", .bool(isInForce)),
            ])
        }
    }
}
