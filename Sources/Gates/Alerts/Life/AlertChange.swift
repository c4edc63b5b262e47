import AuditTrail
import FoundationEssentials
public import Postgres

/// Acknowledges or resolves one alert, with its audit entry and the event that tells everybody, in one transaction.
public struct AlertChange: Sendable {
    public enum Fault: Error, CustomStringConvertible {
        case gone
        case contended

        public var description: String {
            switch self {
            case .gone: "this alert is gone"
            case .contended: "the alert is being changed by others again and again; try once more"
            }
        }
    }

    private let postgres: PostgresPool
    private let action: AlertLife.Action
    private let actor: String
    private let note: String?

    /// - Parameters:
    ///   - action: `acknowledged` or `resolved`; anything else changes nothing.
    ///   - actor: Who does it, for the row and the audit trail: a program, or `program:person`.
    ///   - note: Why, without personal data; kept in the row.
    public init(postgres: PostgresPool, action: AlertLife.Action, actor: String, note: String?) {
        self.postgres = postgres
        self.action = action
        self.actor = actor
        self.note = note
    }

    /// The alert as it is now; nil when there was nothing to change. Another's change at the same time is waited for.
    public func carryOut(_ id: String) async throws -> Alert? {
        for _ in 0..<10 {
            guard var alert = try await AlertBook(postgres: postgres).alert(id: id) else { throw Fault.gone }
            let done =
                action == .acknowledged
                ? alert.acknowledge(by: actor, note: note, at: Date())
                : alert.resolve(by: actor, note: note, at: Date())
            guard done == action, let kind = AlertNotice.kind(of: action) else { return nil }
            let entry = AuditEntry(
                actor: actor, userID: nil, action: "alert.\(kind.rawValue)", outcome: "done",
                detail: ["alert_id": .string(alert.id), "rule": .string(alert.rule)])
            let notice = AlertNotice(kind, alert, rule: nil)
            do {
                try await postgres.atomically(
                    [alert.storing] + notice.posting(to: [.events]) { _ in .zero } + [entry.statement])
                return alert
            } catch let error as PostgresError where error.sqlState == .serializationFailure {}
        }
        throw Fault.contended
    }
}
