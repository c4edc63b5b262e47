import ArgumentParser

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "What runs by the clock: when, whether it did, and now if you like.",
        discussion: """
            repazoo-scheduler publishes a tick for each point in time of each schedule (topology/schedules.json, UTC). Any \
            number of copies run; one leads, and a slot's tick is published once. A slot that was missed while none ran is \
            made up for on return, of several the latest.

              repazoo schedule list
              repazoo schedule run retention       a tick now, besides the schedule
              repazoo schedule pause monitor       no ticks until it is resumed
              repazoo schedule resume monitor      from now on; what the pause left out stays out

            Every change is in the audit trail.
            """,
        subcommands: [
            ScheduleListCommand.self, ScheduleRunCommand.self, SchedulePauseCommand.self, ScheduleResumeCommand.self,
        ])
}

struct ScheduleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the schedules, their next and last slots, and who leads.",
        discussion: "Reads DATABASE_URL.")

    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            try await ScheduleWork.with([.postgres]) { work in
                try await ScheduleList(desk: work.desk, output: output, isJSON: json).write()
            }
        }
    }
}

struct ScheduleRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Publishes a tick of a schedule now.",
        discussion: """
            Its slot is this second. Works for a paused schedule, too. Prints the message id once the broker has the tick \
            for good. Reads DATABASE_URL and AMQP_URL.
            """)

    @Argument(help: "The schedule's name.") var name: String

    func run() async throws {
        try await CommandRun.carryOut { output in
            try await ScheduleWork.with([.postgres, .broker]) { work in
                let schedule = try work.schedule(name)
                let tick = try await work.withPublisher {
                    try await work.desk.run(schedule, by: CommandServers.program, over: $0)
                }
                output.answer(tick.messageID.rawValue)
                return .done
            }
        }
    }
}

struct SchedulePauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Holds a schedule: no ticks until it is resumed.",
        discussion: "Takes effect at once. Reads DATABASE_URL.")

    @Argument(help: "The schedule's name.") var name: String

    func run() async throws {
        try await CommandRun.carryOut { output in
            try await ScheduleWork.with([.postgres]) { work in
                let changed = try await work.desk.pause(try work.schedule(name), by: CommandServers.program)
                output.answer(changed ? "\(name) is paused" : "\(name) was paused before")
                return .done
            }
        }
    }
}

struct ScheduleResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Lets a paused schedule go on with its next slot.",
        discussion: "What the pause left out stays out; `repazoo schedule run` makes up for it. Reads DATABASE_URL.")

    @Argument(help: "The schedule's name.") var name: String

    func run() async throws {
        try await CommandRun.carryOut { output in
            try await ScheduleWork.with([.postgres]) { work in
                let changed = try await work.desk.resume(try work.schedule(name), by: CommandServers.program)
                output.answer(changed ? "\(name) goes on" : "\(name) was not paused")
                return .done
            }
        }
    }
}
