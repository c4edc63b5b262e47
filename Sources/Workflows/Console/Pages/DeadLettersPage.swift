import Contracts
import DeadLetters
import FoundationEssentials
import Hummingbird
import Postgres
import Privacy

/// The letters of one cause, what it means and what to do, and a form to do it.
struct DeadLettersPage: ConsolePage {
    static let shown = 100

    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        guard let cause = DeadCause(ConsoleForm(query: request)) else { throw ConsoleFault.notFound("That group") }
        return try await show(cause, context, rehearsal: nil)
    }

    func show(_ cause: DeadCause, _ context: ConsoleContext, rehearsal: Rehearsal?) async throws -> PageView {
        let now = desk.now()
        let work = DeadLetterWork(postgres: desk.postgres, selection: cause.selection, actor: "repazoo-console")
        let mayChoose = context.session?.role.permits(.settleDeadLetters) == true
        let letters = try await desk.postgres.query(DeadRow.first(Self.shown, of: cause.selection)).map {
            Letter(try DeadRow($0), mayChoose: mayChoose, now: now)
        }
        let count = try await work.count()
        var model: [String: Any] = [
            "queue": cause.queue, "reason": cause.words, "rawReason": cause.reason, "rawCode": cause.code ?? "",
            "meaning": DeadAdvice.meaning(cause.reason), "steps": DeadAdvice.steps(cause.reason, code: cause.code),
            "letters": letters, "count": count, "shown": letters.count, "rest": count > letters.count,
        ]
        if let code = cause.code { model["code"] = Redactor.redact(code) }
        if let rehearsal {
            model["hasRehearsal"] = true
            model["rehearsed"] = rehearsal.sendable
            model["skipped"] = rehearsal.skipped
            model["rehearsal"] = rehearsal.lines
        }
        return view("Dead letters", .dead, context, "dead-letters", model)
    }

    struct Letter {
        let id: String
        let messageID: String
        let shortID: String
        let user: String
        let deaths: Int
        let sendable: String
        let died: Moment
        let chosen: Bool

        init(_ row: DeadRow, mayChoose: Bool, now: Date) {
            id = row.id
            messageID = row.messageID ?? ""
            shortID = String((row.messageID ?? row.id).prefix(8))
            user = row.userID.flatMap { UserID($0) }?.masked ?? ""
            deaths = row.deaths
            do {
                _ = try row.replay(at: now)
                sendable = "yes"
            } catch { sendable = "no: \(error)" }
            died = Moment(row.diedAt, now: now)
            chosen = mayChoose
        }
    }
}

/// What a dry run found.
struct Rehearsal {
    struct Line {
        let line: String
    }

    private(set) var sendable = 0
    private(set) var skipped = 0
    private(set) var lines: [Line] = []

    mutating func add(_ text: String, isSendable: Bool) {
        if isSendable { sendable += 1 } else { skipped += 1 }
        if lines.count < 20 { lines.append(Line(line: text)) }
    }
}
