import AMQP
import DeadLetters
import Hummingbird
import Privacy

/// Sends dead letters again, shows what would be sent, or lays them to rest: one, some, or all of a cause.
struct DeadActions: Sendable {
    let desk: ConsoleDesk
    let templates: TemplateShelf

    func add(to group: RouterGroup<ConsoleContext>) {
        group.post("/dead/settle") { request, context in try await settle(request, context) }
    }

    private func settle(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let session = try context.authorized(to: .settleDeadLetters)
        var request = request
        let form = try await ConsoleForm(collecting: &request)
        guard let cause = DeadCause(form) else { throw ConsoleFault.notFound("That group") }
        var selection = cause.selection
        if form["which"] != "all" {
            let ids = form.all("id")
            guard !ids.isEmpty else { throw ConsoleFault.invalid("Nothing was chosen. Tick a letter, or choose all.") }
            selection.ids = ids
        }
        let work = DeadLetterWork(postgres: desk.postgres, selection: selection, actor: session.actor)
        switch form["do"] {
        case "rehearse":
            return try await DeadLettersPage(desk: desk).show(cause, context, rehearsal: rehearse(work))
                .response(from: templates)
        case "replay":
            try await replay(work)
            return request.redirected(to: "/dead", .replayed)
        case "discard":
            guard let note = form["note"] else {
                throw ConsoleFault.invalid("A discard wants a reason, for those who look later.")
            }
            try await work.discard(note: String(Redactor.redact(note).prefix(256))) { _ in }
            return request.redirected(to: "/dead", .discarded)
        default: throw ConsoleFault.invalid("The form did not say what to do.")
        }
    }

    private func rehearse(_ work: DeadLetterWork) async throws -> Rehearsal {
        var rehearsal = Rehearsal()
        try await work.rehearse { letter, result in
            switch result {
            case .success(let message):
                rehearsal.add("\(message.messageID.rawValue) → \(message.queue)", isSendable: true)
            case .failure(let obstacle): rehearsal.add("\(letter.id): \(obstacle)", isSendable: false)
            }
        }
        return rehearsal
    }

    private func replay(_ work: DeadLetterWork) async throws {
        let post = ReplayPost(desk.broker)
        do {
            try await post.open()
            try await work.replay(by: post) { _ in }
        } catch let error as AMQPError {
            await post.close()
            desk.logger.warning("a replay broke off", metadata: ["error": "\(error)"])
            throw ConsoleFault(
                status: .serviceUnavailable, title: "The broker does not take them",
                advice: "What is still listed is new still. Try again when RabbitMQ is back.")
        } catch {
            await post.close()
            throw error
        }
        await post.close()
    }
}
