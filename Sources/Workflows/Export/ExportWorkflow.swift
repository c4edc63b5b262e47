import AuditTrail
public import ConsumerRuntime
public import Contracts
public import FoundationEssentials
import Isolation
import ObjectStore
import Postgres
import Privacy
import TokenVault

private typealias JSONValue = Contracts.JSONValue

/// Hands a user everything that is held about them: claim → one snapshot into the object store → ready, audit entry and
/// `export.ready` with the signed link.
///
/// Neither consent nor a subscription is asked for: who has withdrawn both still has the right to know. Only who is erased is
/// refused, of whom nothing is left.
public struct ExportWorkflow: Workflow {
    /// How long a request waits for a place before it goes back into the queue for a while.
    private static let patience: Duration = .seconds(30)

    public let consumer = ConsumerName.export
    public let refusedEvent = EventName.exportRefused

    private let postgres: PostgresPool
    private let store: any ObjectStore
    private let vault: TokenVault
    private let settings: ExportSettings
    private let controller: Controller
    private let places: Places

    /// - Parameter concurrency: Exports that are made at the same time; the others wait. Two keep a core busy.
    init(
        postgres: PostgresPool, store: any ObjectStore, vault: TokenVault, settings: ExportSettings,
        controller: Controller, concurrency: Int
    ) {
        self.postgres = postgres
        self.store = store
        self.vault = vault
        self.settings = settings
        self.controller = controller
        places = Places(concurrency)
    }

    public func subject(of request: ExportRequest) -> UserID? { request.userID }

    /// All gates are in the claim, which must look and take in one go.
    public func admit(_ job: Job<ExportRequest>) async throws -> Admission { .go }

    public func work(_ job: Job<ExportRequest>) async throws -> Work {
        guard await places.take(within: Self.patience) else {
            return .ended(.notBefore(job.now.addingTimeInterval(15), because: .userBusy))
        }
        defer { places.giveBack() }
        let rows = postgres.rows(of: job.request.userID)
        let verdict = try await ExportRow.claim(
            rows, message: job.envelope.messageID, requestedBy: job.request.requestedBy,
            requestedAt: min(job.envelope.timestamp ?? job.now, job.now), now: Date())
        switch verdict {
        case .refused(let reason):
            // An attempt of this message's may have stored its objects after the erasure had looked for them; its end was refused.
            try await store.deleteAll(
                under: ExportFolder.prefix(.derived(from: job.envelope.messageID, name: "export")))
            return .ended(.refused(reason))
        // The other's end is what this one waits for; the claim may end sooner than it says.
        case .busy(let until):
            return .ended(.notBefore(min(until, job.now.addingTimeInterval(5)), because: .userBusy))
        case .ready(let id, let expires, let bytes, let sha256):
            return .completed(answer(job, id, expires, bytes, sha256, isAgain: true))
        case .go(let row): return try await make(row, rows, job)
        }
    }

    private func make(_ row: ExportRow, _ rows: UserRows, _ job: Job<ExportRequest>) async throws -> Work {
        let seal = ObjectSeal()
        let run = ExportRun(
            exportID: row.id.rawValue, requestedAt: row.requestedAt,
            folder: ExportFolder.prefix(row.id, attempt: row.attempt),
            store: store, seal: seal, controller: controller)
        do {
            let result = try await ClaimKeeper.whileHeld(row, rows) { try await run.run(rows) }
            let now = Date()
            let expires = Date(
                timeIntervalSince1970: (now.timeIntervalSince1970 + Double(settings.life.components.seconds)).rounded(
                    .down))
            let secret = try vault.encrypt(SecretString(seal.reveal()), at: now)
            var completion = answer(job, row.id, expires, result.package.bytes, result.package.sha256, isAgain: false)
            completion.effects = [row.completion(result, secret: secret, at: now, expires: expires)]
            return .completed(completion)
        } catch {
            try? await giveUp(row, rows, job, error)
            throw error
        }
    }

    /// What the attempt left is removed at once, so that the next one need not wait for the claim to end.
    private func giveUp(
        _ row: ExportRow, _ rows: UserRows, _ job: Job<ExportRequest>, _ error: any Error
    ) async throws {
        _ = try? await store.deleteAll(under: ExportFolder.prefix(row.id, attempt: row.attempt))
        let end = outcome(of: error, at: job.now) ?? .failed(.unexpected)
        let isFinal = if case .failedForGood = end { true } else { job.envelope.attempt >= AttemptPolicy().attempts }
        try await row.release(rows, failure: ExportFailure.code(of: error), isFinal: isFinal, now: Date())
    }

    private func answer(
        _ job: Job<ExportRequest>, _ id: MessageID, _ expires: Date, _ bytes: Int, _ sha256: String, isAgain: Bool
    ) -> Completion {
        let ready = Event(
            .exportReady, userID: job.request.userID, causeID: job.envelope.messageID, at: job.now,
            detail: [
                "export_id": .string(id.rawValue), "link": .string(settings.link(to: id, expires: expires)),
                "expires_at": .string(RFC3339.text(expires)), "bytes": .integer(bytes), "sha256": .string(sha256),
            ])
        let entry = AuditEntry(
            actor: consumer.program, userID: job.request.userID, action: "export", outcome: "done",
            detail: [
                "export_id": .string(id.rawValue), "bytes": .integer(bytes), "sha256": .string(sha256),
                "expires_at": .string(RFC3339.text(expires)), "again": .boolean(isAgain),
                "message_id": .string(job.envelope.messageID.rawValue),
            ])
        return Completion(effects: [], audit: [entry], followUps: [FollowUp(ready)], needsConsent: false)
    }

    public func outcome(of error: any Error, at now: Date) -> Outcome? {
        switch error {
        case let error as PostgresError where error.sqlState == ExportRow.overtaken:
            .notBefore(now.addingTimeInterval(5), because: .userBusy)
        case is ClaimLost: .notBefore(now.addingTimeInterval(5), because: .userBusy)
        case let error as ObjectStoreError:
            switch error.kind {
            // People can mend it within the hours that the attempts take.
            case .unavailable, .full, .refused: .failed(.objectStore)
            case .aborted, .notFound: .notBefore(now.addingTimeInterval(5), because: .userBusy)
            case .corrupt, .tooLarge: .failedForGood(.objectStore)
            }
        default: nil
        }
    }
}

/// The failure in one word, for the row and the audit trail.
enum ExportFailure {
    static func code(of error: any Error) -> String {
        switch error {
        case is ObjectStoreError: FailureReason.objectStore.rawValue
        case is PostgresError: FailureReason.database.rawValue
        case is CancellationError: "interrupted"
        case is ClaimLost: "overtaken"
        default: FailureReason.unexpected.rawValue
        }
    }
}

extension FailureReason {
    static let objectStore = FailureReason(rawValue: "object_store")
}
