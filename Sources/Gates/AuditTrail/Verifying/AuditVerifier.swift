public import Contracts
public import Postgres

/// Reads the whole audit trail, or one user's part of it, and believes nothing that the database says of itself: hashes are made
/// anew, chains are followed from their first entry to their last, and compared with the heads that signed checkpoints saw.
///
/// Reads in one snapshot, in the order of chains, with a few rows in memory however many there are.
public struct AuditVerifier: Sendable {
    private let postgres: PostgresPool
    private let keys: AuditPublicKeys?

    /// - Parameter keys: Whose signatures count; nil = signatures are not looked at.
    public init(postgres: PostgresPool, keys: AuditPublicKeys?) {
        self.postgres = postgres
        self.keys = keys
    }

    /// - Parameters:
    ///   - user: Only this user's chain; nil = all.
    ///   - copy: A checkpoint that was kept elsewhere.
    ///   - tell: Hears of the number of entries read, now and then.
    public func verify(
        user: UserID? = nil, copy: SignedCheckpoint? = nil, tell: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> AuditReport {
        try await postgres.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
            var report = AuditReport(signaturesAreChecked: keys != nil)
            // Read to the end: plans are not to favour the first rows. Joins are cheap, waiting for a sort is not.
            let exported = try await transaction.query(
                """
                select pg_export_snapshot(), set_config('cursor_tuple_fraction', '1', true),
                       set_config('statement_timeout', '0', true)
                """)[0].decode(String.self, at: 0)
            var chains: Chains = 0...Int.max
            if let user {
                guard let chain = try await Self.chain(of: user, transaction) else { return report }
                chains = chain...chain
            }
            try await verifyCheckpoints(chains, copy, transaction, &report)
            let snapshot = exported.filter { $0.isASCII && ($0.isHexDigit || $0 == "-") }
            // While a COPY is read its connection does nothing else; both see the same snapshot.
            report = try await postgres.transaction(isolation: .repeatableRead, readOnly: true) { entries in
                try await entries.query(SQL(trusted: "set transaction snapshot '\(snapshot)'"))
                // An index has them in this very order. To sort them instead would write all of it to disk once more.
                try await entries.query(
                    "select set_config('statement_timeout', '0', true), set_config('enable_sort', 'off', true)")
                return try await verifyChains(chains, transaction, entries, tell, report)
            }
            return report
        }
    }

    private static func chain(of user: UserID, _ transaction: PostgresTransaction) async throws -> Int? {
        try await transaction.query("select chain from audit_heads where user_id = \(user.rawValue)").first?.decode(
            Int.self, at: 0)
    }

    // MARK: Checkpoints

    private func verifyCheckpoints(
        _ chains: Chains, _ copy: SignedCheckpoint?, _ transaction: PostgresTransaction, _ report: inout AuditReport
    ) async throws {
        var walk = CheckpointWalk(keys: keys)
        var copied: SignedCheckpoint?
        // For one chain only the checkpoints that saw it change are summed up.
        let isWhole = chains.lowerBound == 0
        var marks = try await Lookahead(
            transaction.stream(isWhole ? Self.allMarks : Self.marksBeside(chain: chains.lowerBound))
        ) { try AuditMark($0) }
        for try await row in transaction.stream(
            "select number, statement, signature, key_id from audit_checkpoints order by number")
        {
            let number = try row.decode(Int.self, at: 0)
            while let stray = try await marks.take(where: { $0.checkpoint < number }) { walk.addStray(stray) }
            var digest = MarksDigest()
            while let mark = try await marks.take(where: { $0.checkpoint == number }) { digest.add(mark) }
            let signed = try SignedCheckpoint(row)
            if number == copy?.checkpoint.number { copied = signed }
            walk.add(signed, number: number, isWhole || digest.count > 0 ? digest : nil)
        }
        while let stray = try await marks.take(where: { _ in true }) { walk.addStray(stray) }
        if let copy { walk.compare(copy, with: copied) }
        report.checkpoints = walk.count
        report.lastCheckpoint = walk.last
        report.add(walk.faults)
    }

    // MARK: Chains

    /// Four readers side by side, each in the order of the chains.
    private func verifyChains(
        _ chains: Chains, _ transaction: PostgresTransaction, _ copying: PostgresTransaction, _ tell: (Int) -> Void,
        _ report: AuditReport
    ) async throws -> AuditReport {
        var report = report
        var room: [UInt8] = []
        var entries = try await EntryReader(copying.copyOut(Self.entries(chains)))
        var marks = try await Lookahead(transaction.stream(Self.marks(chains))) { try AuditMark($0) }
        var heads = try await Lookahead(transaction.stream(Self.heads(chains))) { try Head($0) }
        var forgettings = try await Lookahead(transaction.stream(Self.forgettings(chains))) { try Forgetting($0) }
        while let chain = [entries.next?.chain, marks.next?.chain, heads.next?.chain].compactMap({ $0 }).min() {
            var walk = ChainWalk(chain: chain)
            while true {
                let mark = marks.next.flatMap { $0.chain == chain ? $0 : nil }
                let limit = mark?.position ?? .max
                let isThere = try await entries.take(where: { $0.chain == chain && $0.position <= limit }) {
                    entry, bytes in
                    walk.add(entry, bytes, entry.position == limit ? mark : nil, &room)
                }
                if isThere {
                    if walk.position == limit { _ = try await marks.take { _ in true } }
                    report.entries += 1
                    if report.entries.isMultiple(of: 100_000) { tell(report.entries) }
                } else if let mark = try await marks.take(where: { $0.chain == chain }) {
                    walk.miss(mark)
                } else {
                    break
                }
            }
            let head = try await heads.take { $0.chain == chain }
            var through = 0
            while let forgetting = try await forgettings.take(where: { $0.chain <= chain }) {
                if forgetting.chain == chain { through = max(through, forgetting.through) }
            }
            walk.end(head: head.map { ($0.position, $0.hash) }, forgottenThrough: through)
            report.add(walk)
        }
        return report
    }

    private struct Head {
        let chain: Int
        let position: Int
        let hash: String

        init(_ row: PostgresRow) throws {
            chain = try row.decode(Int.self, at: 0)
            position = try row.decode(Int.self, at: 1)
            hash = try row.decode(String.self, at: 2)
        }
    }

    /// Said by an entry of nobody's chain, which is verified like any other.
    private struct Forgetting {
        let chain: Int
        let through: Int

        init(_ row: PostgresRow) throws {
            chain = try row.decode(Int.self, at: 0)
            through = try row.decode(Int.self, at: 1)
        }
    }
}
