import AMQP
import AuditTrail
import Contracts
import FoundationEssentials
import Hummingbird
import Postgres
import Privacy

/// Asks for an export or an erasure, and shows who somebody is.
struct PeopleActions: Sendable {
    let desk: ConsoleDesk
    let templates: TemplateShelf

    func add(to group: RouterGroup<ConsoleContext>) {
        group.post("/people/request") { request, context in try await ask(request, context) }
        group.post("/people/unmask") { request, context in try await unmask(request, context) }
    }

    /// The request goes out under the id that the form was given, so sending the form twice asks once. It is audited before it is
    /// published: a request without its entry is worse than an entry without its request, which says so.
    private func ask(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let session = try context.authorized(to: .requestForPerson)
        var request = request
        let form = try await ConsoleForm(collecting: &request)
        guard let deed = form["do"].flatMap({ PersonDeed(rawValue: $0) }),
            let user = form["user"].flatMap({ UserID($0) }),
            let id = form["message_id"].flatMap({ MessageID($0) })
        else { throw ConsoleFault.notFound("That request") }
        guard form["typed"] == user.rawValue else {
            throw ConsoleFault.invalid(
                "What you typed is not the user's id. Nothing was asked for; go back and try again.")
        }
        guard let reason = form["reason"] else { throw ConsoleFault.invalid("The audit trail wants a reason.") }
        try await desk.postgres.query(
            AuditEntry(
                actor: session.actor, userID: user, action: "console.\(deed.rawValue)", outcome: "asked",
                detail: [
                    "message_id": .string(id.rawValue), "reason": .string(String(Redactor.redact(reason).prefix(200))),
                ]
            ).statement)
        try await publish(deed, user, id)
        return request.redirected(
            to: "/people?user=" + ConsoleForm.encoded(user.rawValue), deed == .export ? .exportAsked : .erasureAsked)
    }

    private func publish(_ deed: PersonDeed, _ user: UserID, _ id: MessageID) async throws {
        let post = ConsolePost(desk.broker)
        do {
            switch deed {
            case .export:
                try await post.send(
                    ExportRequest(userID: user, requestedBy: "privacy_officer"), under: id, at: desk.now())
            case .erase:
                try await post.send(EraseRequest(userID: user, reason: "privacy_officer"), under: id, at: desk.now())
            }
        } catch {
            desk.logger.error("a request could not be published", metadata: ["error": "\(error)"])
            throw ConsoleFault(
                status: .serviceUnavailable, title: "The broker did not take the request",
                advice:
                    "It is in the audit trail as asked for, and was not sent. Reload this page to send it under the same id."
            )
        }
    }

    private func unmask(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let session = try context.authorized(to: .unmask)
        var request = request
        let form = try await ConsoleForm(collecting: &request)
        guard let user = form["user"].flatMap({ UserID($0) }),
            let person = try await Person.read(user, in: desk.postgres, now: desk.now())
        else { throw ConsoleFault.notFound("That user") }
        guard let reason = form["reason"], reason.count >= 8 else {
            throw ConsoleFault.invalid("The reason goes into the audit trail: say which request or ticket needs it.")
        }
        let row = try await desk.postgres.query(
            """
            select handle, display_name, email
            from unmask_person(\(session.actor), \(user.rawValue), \(String(Redactor.redact(reason).prefix(200))))
            """
        ).first
        guard let row else { throw ConsoleFault.notFound("That user") }
        let identity = Person.Identity(
            handle: try row.decode(String?.self, "handle"), name: try row.decode(String?.self, "display_name"),
            email: try row.decode(String?.self, "email"))
        let page = PeoplePage(desk: desk)
        return page.view("Person", .people, context, "person", person.model(unmasked: identity)).response(
            from: templates)
    }
}
