import ErasureLedger
import ObjectStore
import Postgres

extension SettingsReader {
    /// Where the copy of the erasure ledger lies, for the start-up gate. Nil together with a fault; or when nothing is set and there
    /// is no folder for it either, as then nothing was ever copied by this installation.
    mutating func ledgerStore() -> ObjectStoreSettings? {
        if text("EXPORT_STORE") != nil { return objectStore() }
        return try? ObjectStoreSettings { text($0) }
    }
}

extension ProgramHouse {
    /// Refuses to go on with a database that was restored from a backup older than the last erasure.
    ///
    /// - Throws: `LedgerIsOlder`, or what keeps the ledger from being read for longer than `STARTUP_TIMEOUT`.
    func checkLedger(in settings: ObjectStoreSettings?) async throws {
        guard let settings else { return }
        let gate = RestoreGate(ErasureLedger(postgres: clients.postgres, store: settings.store(http: clients.http)))
        let deadline = ContinuousClock.now.advanced(by: self.settings.startupTimeout)
        do {
            try await repeated(until: deadline) {
                try await gate.check()
            } mayPass: {
                ($0 as? ObjectStoreError)?.isRetryable == true
            }
        } catch let error as PostgresError where error.sqlState == .undefinedTable {
            // A schema from before the ledger: whoever needs a newer one says so.
        }
    }
}
