import AMQP
import Bootstrap
import FoundationEssentials
import Postgres
import Scheduling

/// The servers as the schedule commands need them, and the schedules of this release.
struct ScheduleWork {
    let book: ScheduleBook
    let desk: ScheduleDesk
    private let servers: CommandServers

    static func with(
        _ needs: Set<CommandServers.Need>, environment: [String: String] = ProcessInfo.processInfo.environment,
        _ body: (ScheduleWork) async throws -> Bootstrap.ExitCode
    ) async throws -> Bootstrap.ExitCode {
        let servers = try CommandServers.read(needs, environment: environment)
        let book = try ScheduleBook.current()
        return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
            try await body(ScheduleWork(book: book, desk: ScheduleDesk(book: book, postgres: pool), servers: servers))
        }
    }

    func schedule(_ name: String) throws(CommandFault) -> Schedule {
        guard let schedule = book.schedules.first(where: { $0.name == name }) else {
            let names = book.schedules.map(\.name).joined(separator: ", ")
            throw CommandFault(
                "there is no schedule \(Plain.line(name, maximumBytes: 64)); there are: \(names)", .usage)
        }
        return schedule
    }

    func withPublisher<Value>(_ body: (AMQPPublisher) async throws -> Value) async throws -> Value {
        let publisher = AMQPPublisher(try servers.needed(\.broker, "AMQP_URL"))
        do {
            try await publisher.start(patience: .seconds(5))
            let value = try await body(publisher)
            await publisher.close()
            return value
        } catch let error as AMQPError where error.kind == .unroutable || error.kind == .closedByBroker(code: 404) {
            await publisher.close()
            throw CommandFault("no queue takes the tick: run `repazoo topology apply`; the scheduler publishes it then")
        } catch {
            await publisher.close()
            throw error
        }
    }
}
