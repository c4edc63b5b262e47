import Hummingbird

/// A page of somebody who is signed in.
protocol ConsolePage: Sendable {
    var desk: ConsoleDesk { get }
    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView
}

extension ConsolePage {
    /// The page in its frame. A notice of the last action comes in the address (`?done=…`), as the code of a sentence of ours.
    func view(
        _ title: String, _ section: ConsoleSection, _ context: ConsoleContext, _ template: String,
        _ model: [String: Any], notice: ConsoleNotice? = nil
    ) -> PageView {
        var model = model
        if let session = context.session {
            model["form_token"] = session.formToken
            for (name, permission) in Self.permissions where session.role.permits(permission) { model[name] = true }
        }
        return PageView(
            frame: PageView.Frame(title: title, section: section, session: context.session, notice: notice?.text),
            template: template, model: model)
    }

    private static var permissions: [(String, ConsolePermission)] {
        [
            ("maySettleDead", .settleDeadLetters), ("maySettleAlerts", .settleAlerts), ("maySteer", .steerSchedules),
            ("mayRequest", .requestForPerson), ("mayUnmask", .unmask),
        ]
    }
}

extension ConsoleContext {
    /// The session, if its role may do that; throws what the page then says.
    func authorized(to permission: ConsolePermission) throws -> ConsoleSession {
        guard let session else { throw ConsoleFault.staleForm }
        guard session.role.permits(permission) else { throw ConsoleFault.notAllowed(session.role) }
        return session
    }
}

/// What an action did, told on the page that comes after it. Only numbers come from the address: nobody can put words into a page by a
/// link.
enum ConsoleNotice: String, CaseIterable {
    case replayed, discarded, acknowledged, resolved, exportAsked, erasureAsked, ticked, paused, resumed, checked

    var text: String {
        switch self {
        case .replayed: "Sent to its queue again. What dies again comes back here."
        case .discarded: "Laid to rest. Nothing brings it back to a queue."
        case .acknowledged: "Acknowledged: it stays open, and reminds nobody."
        case .resolved: "Resolved. It opens again if its cause is still there."
        case .exportAsked: "An export is asked for. It shows here when it is ready."
        case .erasureAsked: "The erasure is asked for. It begins at once and cannot be stopped."
        case .ticked: "A tick is on its way."
        case .paused: "Paused: no ticks until somebody resumes it."
        case .resumed: "Resumed."
        case .checked: "Checked just now."
        }
    }

    init?(_ request: Request) {
        guard let word = ConsoleForm(query: request)["done"] else { return nil }
        self.init(rawValue: word)
    }
}
