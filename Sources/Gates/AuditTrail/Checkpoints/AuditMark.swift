import Postgres

/// The head of one chain as a checkpoint saw it.
struct AuditMark: Sendable {
    let checkpoint: Int
    let chain: Int
    let position: Int
    let hash: String

    static func statement(ofCheckpoint number: Int) -> SQL {
        "select checkpoint, chain, position, hash from audit_marks where checkpoint = \(number) order by chain"
    }

    init(checkpoint: Int, chain: Int, position: Int, hash: String) {
        self.checkpoint = checkpoint
        self.chain = chain
        self.position = position
        self.hash = hash
    }

    init(_ row: PostgresRow) throws {
        self.init(
            checkpoint: try row.decode(Int.self, at: 0), chain: try row.decode(Int.self, at: 1),
            position: try row.decode(Int.self, at: 2), hash: try row.decode(String.self, at: 3))
    }
}
