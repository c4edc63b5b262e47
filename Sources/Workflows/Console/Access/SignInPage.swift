import AuditTrail
import FoundationEssentials
import Hummingbird
import Passwords
import Postgres
import Privacy
import Synchronization

/// Signing in and out. A wrong name and a wrong password look and last the same, and both are audited.
final class SignInPage: Sendable {
    private let sessions: SessionStore
    private let cookies: SessionCookie
    private let templates: TemplateShelf
    private let desk: ConsoleDesk
    /// What the provider is called; nil when there is none.
    private let provider: String?
    private let limit = Mutex(SignInLimit())
    private let start = ContinuousClock.now

    init(
        sessions: SessionStore, cookies: SessionCookie, templates: TemplateShelf, desk: ConsoleDesk, provider: String?
    ) {
        self.sessions = sessions
        self.cookies = cookies
        self.templates = templates
        self.desk = desk
        self.provider = provider
    }

    func add(to router: Router<ConsoleContext>) {
        router.get("/sign-in") { [self] request, _ in
            page(next: ConsoleForm(query: request)["next"])
        }
        router.post("/sign-in") { [self] request, context in try await signIn(request, context) }
        router.post("/sign-out") { [self] request, _ in try await signOut(request) }
    }

    private func signIn(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        guard request.headers[.secFetchSite].map({ $0 == "same-origin" || $0 == "none" }) ?? true else {
            throw ConsoleFault.staleForm
        }
        var request = request
        let form = try await ConsoleForm(collecting: &request)
        let (name, next) = (form["name"] ?? "", form["next"])
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        guard limit.withLock({ $0.mayTry(name: name, address: context.address, now: elapsed) }) else {
            try await audit(name, "refused", "too_many_tries")
            return page(next: next, name: name, "Too many tries. Wait a minute.", .tooManyRequests)
        }
        guard let entry = try await entry(name, SecretString(form["password"] ?? "")) else {
            try await audit(name, "refused", "wrong_password")
            return page(next: next, name: name, "That name and password do not fit together.", .forbidden)
        }
        limit.withLock { $0.succeeded(name: name) }
        let token = try await sessions.begin(entry)
        try await audit(name, "done", nil)
        var response = Response.redirect(to: Self.local(next), type: .normal)
        cookies.give(token, to: &response)
        return response
    }

    /// Nil when the two do not fit. The work is the same for a name that nobody has.
    private func entry(_ name: String, _ password: SecretString) async throws -> UserDirectory.Entry? {
        guard let entry = sessions.directory[name] else {
            _ = try await PasswordHash.make(of: password)
            return nil
        }
        return try await entry.password.matches(password) ? entry : nil
    }

    private func signOut(_ request: Request) async throws -> Response {
        var request = request
        let form = try await ConsoleForm(collecting: &request)
        if let token = cookies.token(of: request), let session = try await sessions.session(token) {
            guard form["form_token"].map({ $0.isSame(as: session.formToken) }) == true else {
                throw ConsoleFault.staleForm
            }
            try await sessions.end(session)
            try await desk.postgres.query(
                AuditEntry(actor: session.actor, userID: nil, action: "console.sign_out", outcome: "done").statement)
        }
        var response = Response.redirect(to: "/sign-in", type: .normal)
        cookies.take(from: &response)
        return response
    }

    private func page(
        next: String?, name: String = "", _ problem: String? = nil, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        var model: [String: Any] = ["next": next ?? "/", "name": name, "takesPasswords": !sessions.directory.isEmpty]
        if let provider {
            model["provider"] = [
                "name": provider, "path": OpenIDSignIn.start + "?next=" + ConsoleForm.encoded(next ?? "/"),
            ]
        }
        if let problem { model["problem"] = problem }
        return PageView(
            frame: PageView.Frame(title: "Sign in", section: nil, session: nil), template: "sign-in", model: model
        ).response(status, from: templates)
    }

    /// Who is not in the directory is no name of ours: it stays out of the trail, as people type passwords into the wrong field.
    private func audit(_ name: String, _ outcome: String, _ reason: String?) async throws {
        let actor = sessions.directory[name] == nil ? "repazoo-console" : "repazoo-console:" + name
        try await desk.postgres.query(
            AuditEntry(
                actor: actor, userID: nil, action: "console.sign_in", outcome: outcome,
                detail: reason.map { ["reason": .string($0)] } ?? [:]
            ).statement)
    }

    /// A place of this console, and never of another site.
    static func local(_ place: String?) -> String {
        guard let place, place.hasPrefix("/"), !place.hasPrefix("//"), !place.hasPrefix("/\\"),
            place.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "/" }
        return place
    }
}
