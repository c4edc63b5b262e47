import Contracts
import FoundationEssentials

/// One point in time of one schedule, for which there is one tick.
struct Slot: Hashable, Sendable {
    let schedule: String
    let routingKey: RoutingKey
    let time: Date

    var tick: Tick { Tick(schedule: schedule, slot: time) }
}

/// What the database holds of a schedule.
struct ScheduleState: Equatable, Sendable {
    let name: String
    let cron: String
    /// Slots up to here are done with: the last one recorded, the first look at a new schedule, or its resumption.
    let seenUntil: Date
    let isPaused: Bool
}

extension ScheduleBook {
    /// Whether every schedule was met before, with the times that it has now.
    func isKnown(to states: [ScheduleState]) -> Bool {
        schedules.allSatisfy { schedule in
            states.contains { $0.name == schedule.name && $0.cron == schedule.cron.description }
        }
    }
}

/// Which slots have come, and when the next one does. Pure.
struct DueSlots: Equatable, Sendable {
    /// At most one for a schedule: of those that were missed, the latest.
    var slots: [Slot] = []
    /// Schedules of which earlier slots than that were missed, too.
    var behind: Set<String> = []
    /// Of all schedules that are not paused.
    var next: Date?

    init(_ book: ScheduleBook, _ states: [ScheduleState], now: Date) {
        let states = Dictionary(states.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for schedule in book.schedules {
            guard let state = states[schedule.name], !state.isPaused else { continue }
            if let time = schedule.cron.latest(notAfter: now), time > state.seenUntil {
                slots.append(Slot(schedule: schedule.name, routingKey: schedule.routingKey, time: time))
                if schedule.cron.next(after: state.seenUntil) != time { behind.insert(schedule.name) }
            }
            if let time = schedule.cron.next(after: now) { next = min(next ?? time, time) }
        }
    }
}
