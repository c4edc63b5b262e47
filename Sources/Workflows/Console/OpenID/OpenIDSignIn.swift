import AuditTrail
import FoundationEssentials
import Hummingbird
import Postgres

/// Signing in by the provider: the authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE.
///
/// 1. `/sign-in/openid` notes that a sign-in leaves, and sends the browser to the provider.
/// 2. `/sign-in/openid/callback`, where the provider sends it back: the state is taken (once, of this browser), the code changed into
///    a token, the token checked, its claims mapped to a role; then a session begins. What fails is audited by its code, and told in
///    plain words.
struct OpenIDSignIn: Sendable {
    static let start = "/sign-in/openid"
    static let callback = "/sign-in/openid/callback"

    let settings: OpenIDSettings
    let provider: OpenIDProvider
    let sessions: SessionStore
    let cookies: SessionCookie
    let templates: TemplateShelf
    let desk: ConsoleDesk

    private var pending: PendingSignIns { PendingSignIns(postgres: desk.postgres) }

    func add(to router: Router<ConsoleContext>) {
        router.get(RouterPath(Self.start)) { request, _ in try await leave(request) }
        router.get(RouterPath(Self.callback)) { request, _ in try await comeBack(request) }
    }

    // MARK: There

    private func leave(_ request: Request) async throws -> Response {
        let metadata: ProviderMetadata
        do { metadata = try await provider.metadata() } catch let fault as OpenIDFault { throw told(fault) }
        let mark = try await pending.begin(
            from: cookies.browser(of: request), next: SignInPage.local(ConsoleForm(query: request)["next"]))
        let query = [
            ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", settings.redirect),
            ("scope", settings.scopes), ("state", mark.state), ("nonce", mark.nonce),
            ("code_challenge", mark.challenge), ("code_challenge_method", "S256"),
        ].map { "\($0)=\(ConsoleForm.encoded($1))" }.joined(separator: "&")
        let place = metadata.authorization
        var response = Response.redirect(to: place + (place.contains("?") ? "&" : "?") + query, type: .normal)
        cookies.giveBrowser(mark.browser, to: &response)
        return response
    }

    // MARK: And back

    private func comeBack(_ request: Request) async throws -> Response {
        let form = ConsoleForm(query: request)
        guard let state = form["state"], let browser = cookies.browser(of: request),
            let next = try await pending.take(PendingSignIns.Mark(state: state, browser: browser))
        else { throw told(OpenIDFault(.stateUnknown)) }
        do {
            let token = try await token(form, PendingSignIns.Mark(state: state, browser: browser))
            guard let role = settings.roles.role(in: token.claims) else {
                throw Refusal(fault: OpenIDFault(.noRole), subject: token.subject)
            }
            let name = try token.name(by: settings.nameClaim)
            let session = try await sessions.begin(openID: name, role)
            try await audit("repazoo-console:" + name, "done", ["subject": token.subject, "role": role.rawValue])
            return onward(to: next, session)
        } catch let refusal as Refusal {
            try await audit(
                "repazoo-console", "refused", ["reason": refusal.fault.code.rawValue, "subject": refusal.subject])
            throw told(refusal.fault)
        } catch let fault as OpenIDFault {
            try await audit("repazoo-console", "refused", ["reason": fault.code.rawValue])
            throw told(fault)
        }
    }

    /// Of somebody whom the provider knows, and we do not.
    private struct Refusal: Error {
        let fault: OpenIDFault
        let subject: String
    }

    private func token(_ form: ConsoleForm, _ mark: PendingSignIns.Mark) async throws -> IDToken {
        let metadata = try await provider.metadata()
        // An answer of another provider's, passed off as this one's (RFC 9207, section 2.4).
        guard form["iss"].map({ $0 == settings.issuer }) ?? !metadata.namesItself else {
            throw OpenIDFault(.issuerMixedUp)
        }
        guard form["error"] == nil, let code = form["code"] else { throw OpenIDFault(.refusedByProvider) }
        return try await provider.token(for: code, mark, at: desk.now())
    }

    /// Not a redirect: a browser that comes from another site does not show a `SameSite=Strict` cookie along a chain of them.
    private func onward(to next: String, _ session: String) -> Response {
        var response = PageView(
            frame: PageView.Frame(title: "Signed in", section: nil, session: nil), template: "onward",
            model: ["next": next]
        ).response(from: templates)
        response.headers[.refresh] = "0; url=" + next
        cookies.give(session, to: &response)
        return response
    }

    private func told(_ fault: OpenIDFault) -> ConsoleFault {
        desk.logger.warning("a sign-in by the provider failed", metadata: ["reason": "\(fault.code.rawValue)"])
        return fault.page
    }

    private func audit(_ actor: String, _ outcome: String, _ detail: [String: String]) async throws {
        try await desk.postgres.query(
            AuditEntry(
                actor: actor, userID: nil, action: "console.sign_in", outcome: outcome,
                detail: detail.merging(["way": "openid"]) { $1 }.mapValues { .string($0) }
            ).statement)
    }
}

extension HTTPFields.Element.Name {
    static let refresh = Self("Refresh")!
}
