import Contracts
import FoundationEssentials
import Hummingbird
import Postgres

/// Finds one person, and shows what is known of them; without one, whose requests are due when.
struct PeoplePage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        let form = ConsoleForm(query: request)
        let wanted = form["user"]
        if let user = wanted.flatMap({ UserID($0) }), let model = try await model(of: user, form) {
            return view("Person", .people, context, "person", model, notice: ConsoleNotice(request))
        }
        return view(
            "People", .people, context, "people",
            [
                "user": wanted ?? "", "isUnknown": wanted != nil,
                "requests": try await OpenRequest.all(in: desk.postgres, now: desk.now()),
            ])
    }

    /// Nil for a user whom nobody knows. The trail is verified while the rest is read.
    private func model(of user: UserID, _ form: ConsoleForm) async throws -> [String: Any]? {
        async let chain = form["verify"] != nil ? ChainLine.verify(user, desk) : nil
        let before = form["before"].flatMap { Int($0) }
        let person = try await Person.read(user, before: before, in: desk.postgres, now: desk.now())
        guard var model = person?.model(unmasked: nil) else { return nil }
        if let chain = try await chain { model["chain"] = chain }
        return model
    }
}

/// An export or an erasure that somebody waits for.
struct OpenRequest {
    let user: String
    let path: String
    let kind: String
    let asked: Moment
    let due: Moment
    let ago: String
    let status: String

    static func all(in postgres: PostgresPool, now: Date) async throws -> [OpenRequest] {
        try await postgres.query(
            SQL(
                """
                select user_id, 'export' as kind, requested_at, due_at, status from export_deadlines
                union all select user_id, 'erasure', requested_at, requested_at + interval '1 month', 'pending'
                from erasures where completed_at is null
                order by due_at limit 50
                """
            ).named("console_open_requests")
        ).map { row in
            let (id, due) = (try row.decode(String.self, "user_id"), try row.decode(Date.self, "due_at"))
            return OpenRequest(
                user: UserID(id)?.masked ?? "***", path: "/people?user=" + ConsoleForm.encoded(id),
                kind: try row.decode(String.self, "kind"),
                asked: Moment(try row.decode(Date.self, "requested_at"), now: now), due: Moment(due, now: now),
                ago: Moment.distance(from: due, to: now), status: try row.decode(String.self, "status"))
        }
    }
}
