import Alerts
import Hummingbird
import Privacy

/// Acknowledges and resolves alerts, as `repazoo alerts` does.
struct AlertActions: Sendable {
    let desk: ConsoleDesk

    func add(to group: RouterGroup<ConsoleContext>) {
        group.post("/alerts/settle") { request, context in try await settle(request, context) }
    }

    private func settle(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let session = try context.authorized(to: .settleAlerts)
        var request = request
        let form = try await ConsoleForm(collecting: &request)
        guard let id = form["id"], let alert = try await AlertBook(postgres: desk.postgres).alert(id: id) else {
            throw ConsoleFault.notFound("That alert")
        }
        let note = form["note"].map { String(Redactor.redact($0).prefix(256)) }
        let action: AlertLife.Action = form["do"] == "ack" ? .acknowledged : .resolved
        if action == .resolved, note == nil, alert.severity == .compliance {
            throw ConsoleFault.invalid(
                "An alert of severity compliance is resolved with a note: what was done is to be documented (GDPR Art. 33 (5))."
            )
        }
        do {
            let change = AlertChange(postgres: desk.postgres, action: action, actor: session.actor, note: note)
            _ = try await change.carryOut(id)
        } catch let fault as AlertChange.Fault {
            throw ConsoleFault(status: .conflict, title: "The alert has changed meanwhile", advice: "\(fault).")
        }
        return request.redirected(to: "/alerts", action == .acknowledged ? .acknowledged : .resolved)
    }
}
