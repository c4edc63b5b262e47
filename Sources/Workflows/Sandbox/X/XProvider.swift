import FoundationEssentials

/// Plays X API v2 under `/twitter` (docs.x.com, "Get Posts", "OAuth 2.0", "Rate limits").
struct XProvider: PlayedProvider {
    let name = "twitter"
    let prefix = "/twitter"

    /// The same posts for every user; nothing means that each user's are generated.
    private let shared: [XTweet]?
    var users: [String: XUser] = [:]
    var tokens = XTokens()
    private var compliance = XCompliance()
    private var timelines: [String: [XTweet]] = [:]
    private var userWindow = XRateWindow(limit: 900)
    private var appWindow = XRateWindow(limit: 10_000)
    /// How the page that is being answered goes wrong.
    private var pageFault: FaultPage?

    init(timeline: [XTweet]? = nil) { shared = timeline }

    mutating func answer(_ request: SandboxRequest, now: Date) -> SandboxAnswer {
        do {
            return try route(request, now: now)
        } catch {
            return error.answer
        }
    }

    mutating func answer(_ request: SandboxRequest, paging fault: FaultPage, now: Date) -> SandboxAnswer {
        pageFault = fault
        defer { pageFault = nil }
        return answer(request, now: now)
    }

    private mutating func route(_ request: SandboxRequest, now: Date) throws(XProblem) -> SandboxAnswer {
        let path = request.segments(after: prefix)
        guard path.first == "2" else { throw Self.notFound }
        let about = Array(path.dropFirst())
        if let answer = try compliance.answer(request, about, prefix: prefix, now: now) { return answer }
        switch (request.method, path.count, path.dropFirst().first, path.last) {
        case ("POST", 3, "oauth2", "token"): return XOAuth.token(request, &tokens, now: now)
        case ("POST", 3, "oauth2", "revoke"): return XOAuth.revoke(request, &tokens)
        case ("GET", 3, "users", "me"):
            let caller = try caller(of: request, now: now)
            return .json(200, ["data": caller.json])
        case ("GET", 4, "users", "tweets"): return try timeline(of: path[2], request, now: now)
        default: throw Self.notFound
        }
    }

    // MARK: Timeline

    private mutating func timeline(
        of id: String, _ request: SandboxRequest, now: Date
    ) throws(XProblem) -> SandboxAnswer {
        let caller = try caller(of: request, now: now)
        let rate = try admitted(caller.id, now: now)
        do throws(XProblem) {
            guard XIdentifier.number(id) != nil else {
                throw XProblem.invalid("id", id, "does not match ^[0-9]{1,19}$")
            }
            let query = try XTimelineQuery(request.query)
            let user = try visible(id)
            if user.state == .suspended {
                let problem = XProblem.account(
                    id, status: 403, title: "Forbidden", detail: "User has been suspended: [\(id)].",
                    type: "resource-unavailable")
                return .json(200, ["errors": [problem.json]], headers: rate)
            }
            let page = XTimelinePage(user: user, query: query, fault: pageFault)
            return .json(200, try page.json(of: posts(of: user)), headers: rate)
        } catch {
            var problem = error
            problem.headers += rate
            throw problem
        }
    }

    /// Whoever holds a token has an account, registered or not.
    private mutating func caller(of request: SandboxRequest, now: Date) throws(XProblem) -> XUser {
        guard let bearer = request.bearer, case .user(let id) = tokens.holder(ofAccess: bearer, now: now) else {
            throw .unauthorized
        }
        let user = users[id] ?? XUser(id: id)
        users[id] = user
        return user
    }

    /// Counts the call in both windows and gives the headers of the one that is nearer to its end.
    private mutating func admitted(_ caller: String, now: Date) throws(XProblem) -> [(name: String, value: String)] {
        let user = userWindow.take(caller, now: now)
        guard user.isAllowed else { throw Self.tooMany(user.headers) }
        let app = appWindow.take("app", now: now)
        guard app.isAllowed else { throw Self.tooMany(app.headers) }
        return user.headers
    }

    private func visible(_ id: String) throws(XProblem) -> XUser {
        guard let user = users[id], user.state != .gone else {
            throw .account(
                id, status: 404, title: "Not Found Error", detail: "Could not find user with id: [\(id)].",
                type: "resource-not-found")
        }
        guard user.state != .protected else {
            throw .account(
                id, status: 404, title: "Authorization Error",
                detail: "Sorry, you are not authorized to see the user with id: [\(id)].",
                type: "not-authorized-for-resource")
        }
        return user
    }

    private mutating func posts(of user: XUser) -> [XTweet] {
        if let known = timelines[user.id] { return known }
        if let shared { return shared }
        let made = XTimelineGenerator.timeline(user: user.id, mood: user.mood, count: user.tweets)
        timelines[user.id] = made
        return made
    }

    mutating func register(_ user: XUser) {
        users[user.id] = user
        timelines[user.id] = nil
    }

    // MARK: Failures

    func failure(_ failure: FaultFailure, now: Date) -> SandboxAnswer {
        switch failure.status {
        case 401: return XProblem.unauthorized.answer
        case 429 where failure.isUsageCap:
            return XProblem(
                status: 429, title: "UsageCapExceeded", detail: "Usage cap exceeded: Monthly product cap",
                type: "usage-capped", more: ["period": "Monthly", "scope": "Product"]
            ).answer
        case 429:
            let wait = Double((failure.retryAfter ?? .seconds(1)).components.seconds)
            let reset = Int((now + (failure.isPastReset ? -60 : wait)).timeIntervalSince1970.rounded(.up))
            return Self.tooMany(
                XRateWindow.State(limit: 900, remaining: 0, reset: reset, isAllowed: false).headers
            ).answer
        case 403:
            return XProblem(
                status: 403, title: "Client Forbidden", detail: "This app may not do this.", type: "client-forbidden"
            ).answer
        default:
            let title = failure.status >= 500 ? "Service Unavailable" : "Invalid Request"
            return XProblem(status: failure.status, title: title, detail: title).answer
        }
    }

    private static let notFound = XProblem(
        status: 404, title: "Not Found", detail: "This endpoint is not played by the sandbox.")

    private static func tooMany(_ headers: [(name: String, value: String)]) -> XProblem {
        XProblem(status: 429, title: "Too Many Requests", detail: "Too Many Requests", headers: headers)
    }

    // MARK: Control

    mutating func control(_ request: SandboxRequest, now: Date) -> SandboxAnswer? {
        if request.path == "/sandbox/edits" { return edit(request) }
        if let answer = compliance.control(request) { return answer }
        guard request.path == "/sandbox/users" else { return nil }
        guard request.method == "POST" else { return .refused(405, "POST a user to /sandbox/users") }
        do {
            let registration = try XRegistration(request.body)
            register(registration.user)
            tokens.seed(
                user: registration.user.id, access: registration.access, refresh: registration.refresh,
                expiresIn: registration.expiresIn, now: now)
            return .json(201, registration.user.json)
        } catch {
            return .refused(400, error.problem)
        }
    }

    /// Somebody edits a post: it gets a new id, and the old one is gone from the timeline.
    private mutating func edit(_ request: SandboxRequest) -> SandboxAnswer {
        guard request.method == "POST" else { return .refused(405, "POST an edit to /sandbox/edits") }
        let body = JSON(bytes: request.body)
        guard let user = body?["id"]?.string.flatMap({ users[$0] }), let text = body?["text"]?.string,
            let id = body?["tweet_id"]?.string.flatMap(XIdentifier.number)
        else { return .refused(400, "an edit is {\"id\":USER,\"tweet_id\":ID,\"text\":TEXT} of a registered user") }
        var posts = posts(of: user)
        guard let index = posts.firstIndex(where: { $0.id == id }) else {
            return .refused(404, "the user has no post of this id")
        }
        var post = posts.remove(at: index)
        post.history.append(post.id)
        post.id = (posts.first.map { max($0.id, id) } ?? id) + 1
        post.text = text
        timelines[user.id] = [post] + posts
        return .json(201, ["tweet_id": .string(String(post.id))])
    }
}
