import Hummingbird

/// How everything is, at a glance.
struct OverviewPage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        view("Overview", .overview, context, "overview", try await Overview.look(desk).model)
    }
}
