import Alerts
import Postgres

/// Finds an alert by the beginning of its id, which must mean exactly one.
enum AlertLookup {
    private static let shown = 10

    static func alert(_ beginning: String, in pool: PostgresPool) async throws -> Alert {
        let ids = try await pool.query(
            """
            select id from alerts where id = \(beginning) or starts_with(id, \(beginning))
            order by id <> \(beginning), id limit \(shown + 1)
            """
        ).map { try $0.decode(String.self, "id") }
        guard let first = ids.first else {
            throw CommandFault("no alert's id begins with \(beginning); `repazoo alerts list --status all` lists them")
        }
        guard first == beginning || ids.count == 1 else {
            let several = ids.prefix(shown).map { "  " + Plain.line($0) }.joined(separator: "\n")
            throw CommandFault("\(beginning) is the beginning of several ids:\n\(several)")
        }
        guard let alert = try await AlertBook(postgres: pool).alert(id: first) else {
            throw CommandFault("this alert is gone")
        }
        return alert
    }
}
