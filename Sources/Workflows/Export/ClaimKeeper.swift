import FoundationEssentials
import Isolation

/// Keeps a claim while work goes on, and ends the work when the claim is lost: the user was erased meanwhile, or somebody else
/// took over.
enum ClaimKeeper {
    static func whileHeld<Value: Sendable>(
        _ row: ExportRow, _ rows: UserRows, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while true {
                    try await Task.sleep(for: ExportRow.lease / 6)
                    // A database that is away for a moment is the work's to notice.
                    let isHeld = (try? await row.renew(rows, now: Date())) ?? true
                    guard isHeld else { throw ClaimLost() }
                }
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw ClaimLost() }
            return value
        }
    }
}

struct ClaimLost: Error, CustomStringConvertible {
    let description = "the export was taken over by another process, or its user is erased"
}
