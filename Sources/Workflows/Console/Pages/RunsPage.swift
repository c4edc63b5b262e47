import Contracts
import FoundationEssentials
import Hummingbird

/// Every message that came to an end, newest first; filtered by consumer and outcome, searched by message or user.
struct RunsPage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        let filter = RunFilter(ConsoleForm(query: request))
        var rows = try await RunQueries.page(filter, in: desk.postgres)
        let hasMore = rows.count > RunFilter.pageSize
        if hasMore { rows.removeLast() }
        let now = desk.now()
        var model: [String: Any] = [
            "consumers": ConsumerName.allCases.map {
                Choice(value: $0.rawValue, name: $0.rawValue, isChosen: $0 == filter.consumer)
            },
            "outcomes": RunFilter.outcomes.map { Choice(value: $0, name: $0, isChosen: $0 == filter.outcome) },
            "search": filter.search ?? "", "rows": rows.map { Line($0, now: now) }, "hasRows": !rows.isEmpty,
            "isFiltered": !filter.query.isEmpty,
        ]
        if hasMore, let last = rows.last { model["more"] = older(filter, last) }
        return view("Runs", .runs, context, "runs", model)
    }

    private func older(_ filter: RunFilter, _ last: RunRow) -> String {
        let place =
            "before=\(ConsoleForm.encoded(RFC3339.text(last.endedAt)))&id=\(ConsoleForm.encoded(last.messageID))"
        return "/runs?" + [filter.query, place].filter { !$0.isEmpty }.joined(separator: "&")
    }

    struct Choice {
        let value: String
        let name: String
        let isChosen: Bool
    }

    struct Line {
        let consumer: String
        let id: String
        let shortID: String
        let outcome: String
        let reason: String?
        let user: String
        let askedBy: String
        let attempt: Int
        let ended: Moment
        let took: String

        init(_ row: RunRow, now: Date) {
            consumer = row.consumer
            id = row.messageID
            shortID = String(row.messageID.prefix(8))
            outcome = row.outcome
            reason = row.reason
            user = row.user?.masked ?? ""
            askedBy = row.askedBy ?? ""
            attempt = row.attempt
            ended = Moment(row.endedAt, now: now)
            took = row.receivedAt.map { Moment.duration(row.endedAt.timeIntervalSince($0)) } ?? ""
        }
    }
}
