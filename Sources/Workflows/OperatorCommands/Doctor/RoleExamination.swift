import Postgres

/// The role that we log in to PostgreSQL as, and the logins that the programs have. `topology/access.md` says who may do what.
struct RoleExamination: Sendable {
    let pool: PostgresPool

    private static let prefix = "repazoo_"

    func findings() async throws -> [Finding] {
        let exists = try await pool.query("select to_regrole('repazoo_operator') is not null as there")[0]
        guard try exists.decode(Bool.self, "there") else { return [] }
        return [try await ownRole(), try await logins()] + (try await missingRights())
    }

    private func ownRole() async throws -> Finding {
        let row = try await pool.query(
            """
            select current_user as name, rolsuper or rolbypassrls as is_unbound,
                   exists (select from pg_class where relname = 'users' and relowner = pg_roles.oid) as is_owner,
                   array(select r.rolname from pg_roles r
                         where r.rolname like 'repazoo\\_%' and not r.rolcanlogin and pg_has_role(current_user, r.oid, 'usage')
                         order by 1)::text[] as groups
            from pg_roles where rolname = current_user
            """)[0]
        let name = Plain.line(try row.decode(String.self, "name"), maximumBytes: 64)
        let groups = try row.decode([String].self, "groups").map { String($0.dropFirst(Self.prefix.count)) }
        if try row.decode(Bool.self, "is_unbound") || row.decode(Bool.self, "is_owner") {
            return .warning(
                "role", "\(name) is bound by no policy: a superuser, or the owner of the tables",
                "keep it for `repazoo migrate`; give each program a login in its own role (topology/access.md)")
        }
        guard !groups.isEmpty else {
            return .bad(
                "role", "\(name) has none of the roles repazoo_…",
                "as the owner: grant repazoo_operator to \"\(name)\" (for a program, its own role)")
        }
        return .good("role", "\(name) is in \(groups.joined(separator: ", "))")
    }

    /// A program without a login cannot start; one whose login is bound by nothing is isolated from nothing.
    private func logins() async throws -> Finding {
        let rows = try await pool.query(
            """
            select g.rolname as role, count(l.oid) as logins,
                   coalesce(bool_or(l.rolsuper or l.rolbypassrls), false) as is_unbound
            from pg_roles g left join pg_auth_members m on m.roleid = g.oid
                 left join pg_roles l on l.oid = m.member and l.rolcanlogin
            where g.rolname like 'repazoo\\_%' and not g.rolcanlogin group by 1 order by 1
            """)
        var (without, unbound): ([String], [String]) = ([], [])
        for row in rows {
            let role = String(try row.decode(String.self, "role").dropFirst(Self.prefix.count))
            if try row.decode(Int.self, "logins") == 0 { without.append(role) }
            if try row.decode(Bool.self, "is_unbound") { unbound.append(role) }
        }
        if !unbound.isEmpty {
            return .warning(
                "logins", "a superuser is among the logins of \(unbound.joined(separator: ", "))",
                "alter role … nosuperuser nobypassrls: row-level security does not bind it")
        }
        guard without.isEmpty else {
            return .warning(
                "logins", "no login has the role of \(without.joined(separator: ", "))",
                "create role … login password … in role repazoo_\(without[0])")
        }
        return .good("logins", "every program has one")
    }

    /// What a program's group was granted but this login does not have, as with NOINHERIT or a schema that was closed. From the
    /// catalogue: `information_schema` shows the grants of roles alone whose rights the login has, and a closed schema is not the
    /// current one.
    private func missingRights() async throws -> [Finding] {
        let rows = try await pool.query(
            """
            select distinct c.relname as name, a.privilege_type as privilege
            from pg_class c join pg_namespace n on n.oid = c.relnamespace, lateral aclexplode(c.relacl) a
                 join pg_roles r on r.oid = a.grantee
            where r.rolname like 'repazoo\\_%' and not r.rolcanlogin and n.nspname = coalesce(current_schema(), 'public')
              and c.relkind in ('r', 'p', 'v') and pg_has_role(current_user, r.oid, 'member')
              and not (has_schema_privilege(current_user, n.oid, 'usage')
                       and has_table_privilege(current_user, c.oid, a.privilege_type))
            order by 1, 2 limit 5
            """)
        return try rows.map { row in
            let (table, right) = (try row.decode(String.self, "name"), try row.decode(String.self, "privilege"))
            return .bad(
                "rights", "\(right.lowercased()) on \(table) is missing",
                "as the owner: alter role … inherit; grant usage on schema … to the role; then run this again")
        }
    }
}
