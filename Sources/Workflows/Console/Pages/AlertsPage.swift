import Alerts
import FoundationEssentials
import Hummingbird

/// What is wrong, the worst first; and what was.
struct AlertsPage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        let filter = AlertFilter(ConsoleForm(query: request))
        let session = context.session
        let mayAct = filter.isOpen && session?.role.permits(.settleAlerts) == true
        var rows = try await AlertRow.page(filter, in: desk.postgres)
        let hasMore = rows.count > AlertFilter.pageSize
        if hasMore { rows.removeLast() }
        let alerts = rows.map {
            AlertLine(
                $0, isOpen: filter.isOpen, mayAct: mayAct, formToken: session?.formToken ?? "", rules: desk.rules,
                now: desk.now())
        }
        var model: [String: Any] = ["isOpen": filter.isOpen, "alerts": alerts]
        if hasMore, let last = rows.last { model["more"] = "/alerts?" + filter.query(behind: last) }
        return view("Alerts", .alerts, context, "alerts", model, notice: ConsoleNotice(request))
    }
}

struct AlertLine {
    let id: String
    let rule: String
    /// What the rule means, and what to do while it is open.
    let title: String?
    let advice: String?
    let severity: String
    let status: String
    let subject: String?
    let summary: String?
    let times: String
    let first: Moment
    let lastAgo: String
    let by: String?
    let deadline: Moment?
    let mayAct: Bool
    let mayAcknowledge: Bool
    let formToken: String

    private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

    init(_ row: AlertRow, isOpen: Bool, mayAct: Bool, formToken: String, rules: AlertRules, now: Date) {
        id = row.id
        rule = row.rule
        title = rules[row.rule]?.title
        advice = isOpen ? rules[row.rule]?.advice : nil
        severity = row.severity
        status = row.status
        subject = row.subject
        summary = row.summary
        times = Self.times(row.count)
        first = Moment(row.openedAt, now: now)
        lastAgo = Moment.distance(from: row.lastSeenAt, to: now)
        by = row.by
        deadline = Moment(row.deadline, now: now)
        self.mayAct = mayAct
        mayAcknowledge = row.status == "open"
        self.formToken = formToken
    }
}
