import DeadLetters
import Postgres

/// Finds letters by the beginnings of their ids.
enum DeadLookup {
    private static let shown = 5

    /// Each beginning must mean exactly one letter, or nothing is done at all.
    static func ids(_ beginnings: [String], in pool: PostgresPool) async throws -> [String] {
        var ids: [String] = []
        for beginning in beginnings {
            let id = try await id(beginning, in: pool)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    static func id(_ beginning: String, in pool: PostgresPool) async throws -> String {
        let rows = try await pool.query(
            """
            select id from dead_letters where id = \(beginning) or starts_with(id, \(beginning))
            order by id <> \(beginning), id limit \(shown + 1)
            """
        ).map { try $0.decode(String.self, "id") }
        guard let first = rows.first else {
            throw CommandFault(
                "no dead letter's id begins with \(beginning); `repazoo dead list --status all` lists them")
        }
        guard first == beginning || rows.count == 1 else {
            let several = rows.prefix(shown).map { "  " + Plain.line($0) }.joined(separator: "\n")
            throw CommandFault(
                "\(beginning) is the beginning of several ids:\n\(several)\(rows.count > shown ? "\n  …" : "")")
        }
        return first
    }
}
