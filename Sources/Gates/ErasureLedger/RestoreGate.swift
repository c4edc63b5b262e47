/// The start-up gate: with a ledger that is older than its copy, this database was restored from a backup and holds people who
/// were erased since. No program works on it before they are erased again.
public struct RestoreGate: Sendable {
    private let ledger: ErasureLedger

    public init(_ ledger: ErasureLedger) { self.ledger = ledger }

    public func check() async throws {
        let missing = try await ledger.missing(limit: 1)
        if !missing.isEmpty { throw LedgerIsOlder() }
    }
}

/// The reason for not starting, and the way out.
public struct LedgerIsOlder: Error, CustomStringConvertible {
    public var description: String {
        "this database's ledger of erasures is older than its copy in the object store (EXPORT_STORE): it was restored "
            + "from a backup and holds users who were erased since. Run `repazoo audit replay-erasures` against it (as the login "
            + "that migrates), then start again"
    }
}
