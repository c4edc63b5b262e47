import Contracts
import FoundationEssentials
import Hummingbird
import Postgres

/// The whole story of one message: each end that it came to, its steps with their times, what followed, and what the audit trail
/// says.
struct RunPage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        guard let id = context.parameters.get("id").flatMap({ MessageID($0) }) else {
            throw ConsoleFault.notFound("A run of that id")
        }
        let ends = try await RunStory.ends(of: id, in: desk.postgres)
        guard let first = ends.first else { throw ConsoleFault.notFound("A run of that id") }
        let audit = try await AuditLines.naming(id, first.row, in: desk.postgres, now: desk.now())
        var model: [String: Any] = [
            "id": id.rawValue, "shortID": String(id.rawValue.prefix(8)), "ends": ends.map { End($0, now: desk.now()) },
            "followUps": ends.flatMap { $0.followUps.map { Next($0, of: id) } }, "audit": audit,
            "hasAudit": !audit.isEmpty,
        ]
        if let user = first.row.user { model["user"] = user.masked }
        if let askedBy = first.row.askedBy { model["askedBy"] = askedBy }
        if let cause = first.correlationID, cause != id.rawValue { model["cause"] = cause }
        return view("Message", .runs, context, "run", model)
    }

    struct End {
        let consumer: String
        let outcome: String
        let reason: String?
        let steps: [StepLine]
        let attempts: [AttemptLine]
        let received: Moment?
        let ended: Moment
        let attempt: Int

        init(_ story: RunStory, now: Date) {
            let row = story.row
            consumer = row.consumer
            outcome = row.outcome
            reason = row.reason
            received = Moment(row.receivedAt, now: now)
            ended = Moment(row.endedAt, now: now)
            attempt = row.attempt
            steps = StepLine.all(story.steps)
            attempts = story.attempts.map { AttemptLine(code: $0.code, at: Moment($0.time, now: now)) }
        }
    }

    struct AttemptLine {
        let code: String
        let at: Moment
    }

    struct Next {
        let type: String
        let words: String
        let link: String?

        init(_ followUp: FollowUp, of id: MessageID) {
            type = followUp.type == .event ? "event" : "request"
            words = followUp.routingKey.rawValue
            link = followUp.type == .event ? nil : followUp.messageID(cause: id).rawValue
        }
    }
}

/// One step with how long after receipt it was reached, and a bar for its share of the whole.
struct StepLine {
    struct Share {
        let start: String
        let length: String
    }

    let name: String
    let after: String
    let share: Share?

    static func all(_ steps: [(name: String, seconds: Double)]) -> [StepLine] {
        let whole = max(steps.last?.seconds ?? 0, 0.000_001)
        var before = 0.0
        return steps.map { step in
            defer { before = step.seconds }
            return StepLine(
                name: step.name, after: Moment.duration(step.seconds),
                share: Share(
                    start: "\(Int(100 * before / whole))",
                    length: "\(max(0.5, (100 * (step.seconds - before) / whole).rounded()))"))
        }
    }
}
