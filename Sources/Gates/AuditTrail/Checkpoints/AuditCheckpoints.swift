import Contracts
public import FoundationEssentials
public import Postgres

/// Makes checkpoints. Whoever has the key and the right to `audit_mark` may, at any time and from several places: they come one
/// after the other. What one costs depends on how much was audited since the last, not on how much there is.
public struct AuditCheckpoints: Sendable {
    public enum Outcome: Sendable {
        case made(SignedCheckpoint)
        /// Nothing was audited since this one.
        case unchanged(SignedCheckpoint)
        /// Nothing was ever audited.
        case empty
    }

    /// Any number that nobody else uses for an advisory lock in this database: "repaudit" in ASCII.
    private static let lock = 0x72_65_70_61_75_64_69_74

    private let postgres: PostgresPool
    private let keys: AuditKeys

    public init(postgres: PostgresPool, keys: AuditKeys) {
        self.postgres = postgres
        self.keys = keys
    }

    /// Throws `CheckpointFault` when the last checkpoint is not one of ours: nothing is built on it.
    public func make(at now: Date) async throws -> Outcome {
        try await postgres.transaction { transaction in
            try await transaction.query("select pg_advisory_xact_lock(\(Self.lock))")
            let last = try await last(transaction)
            let number = (last?.checkpoint.number ?? 0) + 1
            let row = try await transaction.query(
                "select through, chains, new_chains, entries from audit_mark(\(number), \(last?.checkpoint.through as Int?)::bigint)"
            )[0]
            guard try row.decode(Int.self, "chains") > 0 else { return last.map { .unchanged($0) } ?? .empty }
            var digest = MarksDigest()
            for try await mark in transaction.stream(AuditMark.statement(ofCheckpoint: number)) {
                digest.add(try AuditMark(mark))
            }
            let checkpoint = AuditCheckpoint(
                number: number, at: now, previous: last?.checkpoint.hash, through: try row.decode(Int.self, "through"),
                chains: (last?.checkpoint.chains ?? 0) + (try row.decode(Int.self, "new_chains")),
                entries: (last?.checkpoint.entries ?? 0) + (try row.decode(Int.self, "entries")),
                changed: digest.count, marks: digest.text())
            let signed = SignedCheckpoint(checkpoint, by: keys)
            try await transaction.query(
                """
                insert into audit_checkpoints (number, at, statement, signature, key_id)
                values (\(number), \(now), \(checkpoint.statement), \(signed.signatureText), \(signed.keyID))
                """)
            return .made(signed)
        }
    }

    private func last(_ transaction: PostgresTransaction) async throws -> SignedCheckpoint? {
        let row = try await transaction.query(
            "select statement, signature, key_id from audit_checkpoints order by number desc limit 1"
        ).first
        guard let row else { return nil }
        guard let signed = try SignedCheckpoint(row), signed.isSigned(by: keys.publicKeys) else {
            throw CheckpointFault.lastIsNotOurs
        }
        return signed
    }
}

public enum CheckpointFault: Error, CustomStringConvertible {
    case lastIsNotOurs

    public var description: String {
        "the last checkpoint is signed by no key of AUDIT_SIGNING_KEY, or was changed: run `repazoo audit verify`; after an "
            + "exchange of the key list the old one behind the new one"
    }
}

extension SignedCheckpoint {
    /// Nil if the row is no checkpoint.
    init?(_ row: PostgresRow) throws {
        self.init(
            statement: try row.decode(String.self, "statement"), signature: try row.decode(String.self, "signature"),
            keyID: try row.decode(String.self, "key_id"))
    }
}
