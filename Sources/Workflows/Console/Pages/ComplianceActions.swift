import AuditTrail
import Hummingbird
import Postgres

/// Checks the guarantees now.
struct ComplianceActions: Sendable {
    let desk: ConsoleDesk

    func add(to group: RouterGroup<ConsoleContext>) {
        group.post("/compliance/check") { request, context in try await check(request, context) }
    }

    private func check(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let session = try context.authorized(to: .settleAlerts)
        try await GuaranteeWatch(postgres: desk.postgres, logger: desk.logger).check(unlessWithin: .zero)
        try await desk.postgres.query(
            AuditEntry(actor: session.actor, userID: nil, action: "console.check_guarantees", outcome: "done").statement
        )
        return request.redirected(to: "/compliance", .checked)
    }
}
