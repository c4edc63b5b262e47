import FoundationEssentials
import Hummingbird

/// Lets only those through who are signed in, and changes only by a form that the console itself gave them.
///
/// A form's token is that of its session (OWASP, synchronizer token pattern); beside it, the browser says where a request comes from
/// (`Sec-Fetch-Site`), and `SameSite=Strict` keeps the cookie at home.
struct SignedIn: RouterMiddleware {
    typealias Context = ConsoleContext

    static let bodyLimit = 1 << 16

    let sessions: SessionStore
    let cookies: SessionCookie

    func handle(
        _ request: Request, context: ConsoleContext,
        next: (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        let isUse = !request.uri.path.hasPrefix("/live/")
        guard let token = cookies.token(of: request), let session = try await sessions.session(token, isUse: isUse)
        else {
            return signIn(request)
        }
        var (request, context) = (request, context)
        context.session = session
        if request.method != .get && request.method != .head {
            let form = try await ConsoleForm(collecting: &request)
            guard form["form_token"].map({ $0.isSame(as: session.formToken) }) == true,
                request.headers[.secFetchSite].map({ $0 == "same-origin" }) ?? true
            else { throw ConsoleFault.staleForm }
        }
        var response = try await next(request, context)
        if let renewed = session.renewedToken { cookies.give(renewed, to: &response) }
        return response
    }

    /// A page comes back after signing in; anything else is told no.
    private func signIn(_ request: Request) -> Response {
        guard request.method == .get, request.headers[.accept]?.contains("text/html") == true else {
            return Response(status: .unauthorized)
        }
        let place = request.uri.description
        let query = place == "/" ? "" : "?next=" + ConsoleForm.encoded(place)
        return .redirect(to: "/sign-in" + query, type: .normal)
    }
}

/// The cookie that a session lives in. `__Host-` binds it to this very host and to TLS
/// (RFC 6265bis, section 4.1.3.2); without TLS, on loopback, the name goes without.
struct SessionCookie: Sendable {
    let isSecure: Bool

    private var name: String { isSecure ? "__Host-repazoo" : "repazoo" }

    func token(of request: Request) -> String? {
        guard let value = request.cookies[name]?.value, value.utf8.count == 64 else { return nil }
        return value
    }

    func give(_ token: String, to response: inout Response) {
        response.setCookie(
            Cookie(name: name, value: token, path: "/", secure: isSecure, httpOnly: true, sameSite: .strict))
    }

    /// What binds a sign-in by the provider to its browser. It must be shown when the provider sends the browser back, so it is no
    /// stricter than `Lax`; by itself it opens nothing.
    func browser(of request: Request) -> String? {
        guard let value = request.cookies[name + "-openid"]?.value, value.utf8.count == 64 else { return nil }
        return value
    }

    func giveBrowser(_ token: String, to response: inout Response) {
        response.setCookie(
            Cookie(
                name: name + "-openid", value: token, maxAge: 600, path: "/", secure: isSecure, httpOnly: true,
                sameSite: .lax))
    }

    func take(from response: inout Response) {
        response.setCookie(
            Cookie(name: name, value: "gone", maxAge: 0, path: "/", secure: isSecure, httpOnly: true, sameSite: .strict)
        )
    }
}

extension String {
    /// Takes the same time wherever the first difference lies.
    func isSame(as other: String) -> Bool {
        let (left, right) = (Array(utf8), Array(other.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension HTTPFields.Element.Name {
    static let secFetchSite = Self("Sec-Fetch-Site")!
}
