import Alerting
import Contracts
import DeadLetters
import FoundationEssentials
import Hummingbird
import Postgres

/// What lies dead, grouped by its cause: ten thousand of one kind are one line.
struct DeadPage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        let groups = try await DeadGroup.all(in: desk.postgres, now: desk.now())
        return view(
            "Dead letters", .dead, context, "dead", ["groups": groups, "hasGroups": !groups.isEmpty],
            notice: ConsoleNotice(request))
    }
}

/// Letters that died in one queue of one cause.
struct DeadGroup {
    let count: Int
    let queue: String
    let reason: String
    let code: String
    let meaning: String
    let path: String
    let first: Moment
    let last: Moment

    static func all(in postgres: PostgresPool, now: Date) async throws -> [DeadGroup] {
        try await postgres.query(
            SQL(
                """
                select queue, reason, code, count(*) as n, min(died_at) as first, max(died_at) as last
                from dead_letters where status = 'new' group by queue, reason, code order by n desc, queue limit 200
                """
            ).named("console_dead_groups")
        ).map { row in
            let cause = DeadCause(
                queue: try row.decode(String.self, "queue"), reason: try row.decode(String.self, "reason"),
                code: try row.decode(String?.self, "code"))
            return DeadGroup(
                count: try row.decode(Int.self, "n"), queue: cause.queue, reason: cause.words, code: cause.code ?? "",
                meaning: DeadAdvice.meaning(cause.reason), path: "/dead/letters?" + cause.query,
                first: Moment(try row.decode(Date.self, "first"), now: now),
                last: Moment(try row.decode(Date.self, "last"), now: now))
        }
    }
}

/// What letters of a group have in common.
struct DeadCause {
    let queue: String
    let reason: String
    let code: String?

    init(queue: String, reason: String, code: String?) {
        self.queue = queue
        self.reason = reason
        self.code = code
    }

    /// Nil unless queue and reason are of ours.
    init?(_ form: ConsoleForm) {
        guard let queue = form["queue"], ReplayedMessage.consumer(ofQueue: queue) != nil,
            let reason = form["reason"].flatMap({ DeadLetterReason(rawValue: $0) })
        else { return nil }
        self.init(queue: queue, reason: reason.rawValue, code: form["code"])
    }

    var words: String { reason.replacing("_", with: " ") }

    var query: String {
        [("queue", queue), ("reason", reason), ("code", code ?? "")].map { "\($0)=\(ConsoleForm.encoded($1))" }
            .joined(separator: "&")
    }

    var selection: DeadSelection {
        var selection = DeadSelection(
            queue: ReplayedMessage.consumer(ofQueue: queue)?.queue, reason: DeadLetterReason(rawValue: reason))
        selection.code = code
        selection.hasNoCode = code == nil
        return selection
    }
}
