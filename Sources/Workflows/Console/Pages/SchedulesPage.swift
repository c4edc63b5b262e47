import FoundationEssentials
import Hummingbird
import Scheduling

/// When ticks come, came last, and come next.
struct SchedulesPage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        let now = desk.now()
        let mayAct = context.session?.role.permits(.steerSchedules) == true
        let formToken = context.session?.formToken ?? ""
        let schedules = try await ScheduleDesk(book: .current(), postgres: desk.postgres).standings().map {
            ScheduleLine($0, mayAct: mayAct, formToken: formToken, now: now)
        }
        return view(
            "Schedules", .schedules, context, "schedules",
            ["schedules": schedules, "hasSchedules": !schedules.isEmpty], notice: ConsoleNotice(request))
    }
}

struct ScheduleLine {
    let name: String
    let purpose: String
    let cron: String
    let last: Moment?
    let lastStatus: String?
    let next: Moment?
    let isPaused: Bool
    let pausedBy: String?
    let mayAct: Bool
    let formToken: String

    init(_ standing: ScheduleDesk.Standing, mayAct: Bool, formToken: String, now: Date) {
        name = standing.schedule.name
        purpose = standing.schedule.purpose
        cron = standing.schedule.cron.description
        last = Moment(standing.lastSlot, now: now)
        lastStatus = standing.lastStatus == "published" ? nil : standing.lastStatus
        next = Moment(standing.next, now: now)
        isPaused = standing.isPaused == true
        pausedBy = standing.pausedBy
        self.mayAct = mayAct
        self.formToken = formToken
    }
}

/// The next ticks on the overview.
struct NextTick {
    let name: String
    let next: Moment?

    static func all(_ desk: ConsoleDesk, now: Date) async throws -> [NextTick] {
        try await ScheduleDesk(book: .current(), postgres: desk.postgres).standings().map {
            NextTick(name: $0.schedule.name, next: Moment($0.next, now: now))
        }
    }
}
