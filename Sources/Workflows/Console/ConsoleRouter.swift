import FoundationEssentials
import Hummingbird

/// Which address leads where. Everything but signing in and the console's own files wants a session.
struct ConsoleRouter: Sendable {
    let desk: ConsoleDesk
    let sessions: SessionStore
    let cookies: SessionCookie
    let templates: TemplateShelf
    let assets: ConsoleAssets
    /// Nil without a provider.
    let openID: OpenIDSignIn?

    /// Adds all of it. `open` is for what needs no sign-in and belongs to others.
    func build(open: (Router<ConsoleContext>) -> Void = { _ in }) -> Router<ConsoleContext> {
        let router = Router(context: ConsoleContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders(isSecure: cookies.isSecure))
        router.add(middleware: FaultPages(templates: templates))
        for file in assets.all { router.get(RouterPath(file.path)) { _, _ in file.response } }
        open(router)
        SignInPage(
            sessions: sessions, cookies: cookies, templates: templates, desk: desk, provider: openID?.settings.label
        ).add(to: router)
        openID?.add(to: router)
        let inside = router.group().add(
            middleware: SignedIn(sessions: sessions, cookies: cookies)
        ).add(middleware: FaultPages(templates: templates))
        add(OverviewPage(desk: desk), at: "/", to: inside)
        add(RunsPage(desk: desk), at: "/runs", to: inside)
        add(RunPage(desk: desk), at: "/runs/:id", to: inside)
        add(DeadPage(desk: desk), at: "/dead", to: inside)
        add(DeadLettersPage(desk: desk), at: "/dead/letters", to: inside)
        add(AlertsPage(desk: desk), at: "/alerts", to: inside)
        add(PeoplePage(desk: desk), at: "/people", to: inside)
        add(ConfirmPage(desk: desk), at: "/people/confirm", to: inside)
        add(SchedulesPage(desk: desk), at: "/schedules", to: inside)
        add(CompliancePage(desk: desk), at: "/compliance", to: inside)
        inside.get("/live/overview") { [desk, templates] _, _ in
            LiveStream(desk: desk, templates: templates).response()
        }
        DeadActions(desk: desk, templates: templates).add(to: inside)
        AlertActions(desk: desk).add(to: inside)
        ScheduleActions(desk: desk).add(to: inside)
        PeopleActions(desk: desk, templates: templates).add(to: inside)
        ComplianceActions(desk: desk).add(to: inside)
        return router
    }

    private func add(_ page: some ConsolePage, at path: RouterPath, to group: RouterGroup<ConsoleContext>) {
        group.get(path) { [templates] request, context in
            try await page.show(request, context).response(from: templates)
        }
    }
}

extension Request {
    /// Back to a page after an action, with the notice of what was done; 303, so that reloading does not do it again (RFC 9110,
    /// section 15.4.4).
    func redirected(to path: String, _ notice: ConsoleNotice) -> Response {
        .redirect(to: path + (path.contains("?") ? "&" : "?") + "done=" + notice.rawValue, type: .normal)
    }
}
