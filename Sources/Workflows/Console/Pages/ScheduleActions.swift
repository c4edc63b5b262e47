import AMQP
import Hummingbird
import Scheduling

/// Asks for a tick out of turn, pauses and resumes. `ScheduleDesk` audits each in the transaction of the change.
struct ScheduleActions: Sendable {
    let desk: ConsoleDesk

    func add(to group: RouterGroup<ConsoleContext>) {
        group.post("/schedules/steer") { request, context in try await steer(request, context) }
    }

    private func steer(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let session = try context.authorized(to: .steerSchedules)
        var request = request
        let form = try await ConsoleForm(collecting: &request)
        let book = try ScheduleBook.current()
        guard let schedule = book.schedules.first(where: { $0.name == form["name"] }) else {
            throw ConsoleFault.notFound("That schedule")
        }
        let schedules = ScheduleDesk(book: book, postgres: desk.postgres)
        switch form["do"] {
        case "run":
            try await run(schedule, schedules, by: session.actor)
            return request.redirected(to: "/schedules", .ticked)
        case "pause":
            _ = try await schedules.pause(schedule, by: session.actor)
            return request.redirected(to: "/schedules", .paused)
        case "resume":
            _ = try await schedules.resume(schedule, by: session.actor)
            return request.redirected(to: "/schedules", .resumed)
        default: throw ConsoleFault.invalid("The form did not say what to do.")
        }
    }

    private func run(_ schedule: Schedule, _ schedules: ScheduleDesk, by actor: String) async throws {
        let publisher = AMQPPublisher(desk.broker)
        do {
            try await publisher.start(patience: .seconds(5))
            _ = try await schedules.run(schedule, by: actor, over: publisher, patience: .seconds(10))
        } catch let error as AMQPError {
            await publisher.close()
            desk.logger.warning("a tick could not be published", metadata: ["error": "\(error)"])
            throw ConsoleFault(
                status: .serviceUnavailable, title: "The broker does not take it",
                advice: "The tick is recorded: the leading scheduler publishes it when RabbitMQ is back.")
        } catch {
            await publisher.close()
            throw error
        }
        await publisher.close()
    }
}
