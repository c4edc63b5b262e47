import Bootstrap
import Contracts
import FoundationEssentials
import Scheduling

/// All schedules and the leader, in words or in JSON.
struct ScheduleList {
    let desk: ScheduleDesk
    let output: CommandOutput
    let isJSON: Bool

    func write() async throws -> Bootstrap.ExitCode {
        let standings = try await desk.standings()
        let leader = try await desk.leader()
        if isJSON {
            let schedules = JSON.array(standings.map(\.json))
            output.answer(
                JSON.object([.init("schedules", schedules), .init("leader", leader?.json ?? .null)]).serialized())
            return .done
        }
        var table = TextTable()
        table.add("NAME", "CRON", "STATE", "NEXT", "LAST SLOT", "ITS TICK")
        for standing in standings {
            table.add(
                standing.schedule.name, standing.schedule.cron.description, standing.state,
                standing.next.map(Plain.moment) ?? "-", standing.lastSlot.map(Plain.moment) ?? "-",
                standing.lastStatus.map { Plain.line($0) } ?? "-")
        }
        table.lines.forEach(output.answer)
        output.answer("")
        if let leader {
            output.answer(
                "leads: \(Plain.line(leader.holder)), since \(Plain.moment(leader.since)) (term \(leader.term))")
        } else {
            output.answer("nobody leads: start repazoo-scheduler")
        }
        return .done
    }
}

extension ScheduleDesk.Standing {
    fileprivate var state: String {
        switch isPaused {
        case nil: "not seen yet"
        case true?: "paused by \(Plain.line(pausedBy ?? "somebody", maximumBytes: 64))"
        case false?: "active"
        }
    }

    fileprivate var json: JSON {
        let time = { (date: Date?) in date.map { JSON.string(RFC3339.text($0)) } ?? .null }
        return .object([
            .init("name", .string(schedule.name)), .init("cron", .string(schedule.cron.description)),
            .init("purpose", .string(schedule.purpose)), .init("routing_key", .string(schedule.routingKey.rawValue)),
            .init("state", .string(isPaused.map { $0 ? "paused" : "active" } ?? "unknown")), .init("next", time(next)),
            .init("last_slot", time(lastSlot)), .init("last_status", .outside(lastStatus)),
            .init("last_settled_at", time(lastSettledAt)), .init("paused_at", time(pausedAt)),
            .init("paused_by", .outside(pausedBy)),
        ])
    }
}

extension ScheduleDesk.Leader {
    fileprivate var json: JSON {
        .object([
            .init("holder", .outside(holder)), .init("term", JSON(count: term)),
            .init("since", .string(RFC3339.text(since))),
        ])
    }
}
