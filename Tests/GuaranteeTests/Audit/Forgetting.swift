import HouseKit
import Postgres
import TestKit
import Testing

extension AuditTrailHolds {
    /// Erasure removes the content of a user's entries, and the chain still verifies, before and after a checkpoint.
    @Test func forgottenContentIsGoneAndTheChainHolds() async throws {
        try await House.with(Self.plan, forget)
    }

    private func forget(_ house: House) async throws {
        try await house.makeEntries(5, about: ["user-erased", "user-kept"])
        let chain = try await house.chain(of: "user-erased")
        #expect(try await house.audit("checkpoint").code == 0)
        try await house.makeEntries(2, about: ["user-erased"])

        let retention = house.login("retention")
        #expect(try await retention.query("select audit_forget('user-erased')")[0].decode(Int.self, at: 0) == 7)
        #expect(try await retention.query("select audit_forget('user-erased')")[0].decode(Int.self, at: 0) == 0)
        await retention.close()

        #expect(try await house.number("select count(*) from audit_log where chain = \(chain)") == 7)
        let traces = try await house.number(
            """
            select count(*) from (
                select audit_log::text as row from audit_log union all select audit_heads::text from audit_heads
                union all select audit_marks::text from audit_marks) as everything
            where row like '%user-erased%'
            """)
        #expect(traces == 0, "the id is gone from the trail")
        #expect(
            try await house.number(
                "select count(*) from audit_log where chain = \(chain) and detail::text like '%canary%'") == 0)
        #expect(try await house.number("select count(*) from audit_log where detail::text like '%canary%'") == 5)

        // A new life begins a new chain.
        try await house.makeEntries(1, about: ["user-erased"])
        #expect(try await house.chain(of: "user-erased") != chain)
        let sound = try await house.audit("verify", "--json")
        #expect(sound.code == 0)
        #expect(try sound.json["entries"] as? Int == 5 + 7 + 1 + 1, "the forgetting is an entry itself")
        #expect(try await house.audit("checkpoint").code == 0)
        #expect(try await house.audit("verify").code == 0)

        // Even without its content an entry cannot be changed.
        try await house.postgres.query("update audit_log set outcome = 'other' where chain = \(chain) and position = 3")
        #expect(try await house.audit("verify", "--json").faults == ["changed \(chain)/3"])
    }

    /// What each program's role may do to the trail: append in its own name, and nothing else.
    @Test func aRoleCanOnlyAppendInItsOwnName() async throws {
        try await House.with(Self.plan) { house in
            try await house.makeEntries(3, about: ["user-a", "user-b"])
            for role in House.programRoles { try await appendOnly(house, role) }
            #expect(try await house.auditChainsHold())
            let written = 6 + 2 * (House.programRoles.count - 1)
            #expect(try await house.number("select count(*) from audit_log") == written)
        }
    }

    private func appendOnly(_ house: House, _ role: String) async throws {
        let pool = house.login(role)
        // The backend writes no entries.
        if role != "backend" {
            let own = role == "operator" ? "repazoo" : "repazoo-\(role)"
            try await pool.query("select audit_append(\(own), 'user-a', 'test', 'done', '{}')")
            try await pool.query("select audit_append(\(own + ":anna"), 'user-a', 'test', 'done', '{}')")
        }
        let other = role == "ingest" ? "repazoo-export" : "repazoo-ingest"
        var forbidden: [SQL] = [
            "update audit_log set outcome = 'other'", "update audit_log set detail = '{}' where user_id = 'user-a'",
            "delete from audit_log", "truncate audit_log", "drop table audit_log",
            "insert into audit_log select * from audit_log", "update audit_heads set position = 1",
            "delete from audit_heads", "insert into audit_heads (user_id, position, hash) values ('x', 0, '')",
            "update audit_marks set position = 1", "delete from audit_marks", "update audit_checkpoints set number = 7",
            "delete from audit_checkpoints", "alter table audit_log disable row level security",
            "select audit_append(\(other), 'user-a', 'test', 'done', '{}')",
            "select audit_append('anybody', 'user-a', 'test', 'done', '{}')",
            "create or replace function audit_append(text, text, text, text, jsonb) returns void language sql as ''",
        ]
        if role != "retention" { forbidden.append("select audit_forget('user-a')") }
        for statement in forbidden {
            let error = await #expect(throws: PostgresError.self, "\(role): \(statement)") {
                try await pool.query(statement)
            }
            #expect(error?.sqlState == .insufficientPrivilege, "\(role): \(error.map { "\($0)" } ?? "")")
        }
        await pool.close()
    }
}
