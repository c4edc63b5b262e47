import FoundationEssentials

/// Batch compliance by the rules of X (docs.x.com): a job is made, gets ids, one a line, and is complete as soon as it has them. What
/// is gone is told by `POST /sandbox/compliance`: `{"gone":{"123":"deleted","456":"scrub_geo"}}`.
struct XCompliance: Sendable {
    private struct Job {
        var kind: String
        var ids: [String]?
    }

    /// The app's own bearer token.
    static let token = "sandbox-app"

    private var jobs: [String: Job] = [:]
    private var gone: [String: String] = [:]
    private var window = XRateWindow(limit: 150)

    /// Nil when the request is about something else.
    ///
    /// - Parameter path: Behind `/twitter/2`, in words.
    mutating func answer(
        _ request: SandboxRequest, _ path: [String], prefix: String, now: Date
    ) throws(XProblem) -> SandboxAnswer? {
        guard path.first == "compliance" else { return nil }
        switch (request.method, path.dropFirst().first, path.count) {
        // Storage is another service: whoever has the address may come.
        case ("PUT", "upload", 3):
            guard jobs[path[2]] != nil else { return .refused(404, "no such upload") }
            jobs[path[2]]?.ids = String(decoding: request.body, as: UTF8.self).split(separator: "\n").map(String.init)
            return SandboxAnswer(status: 200)
        case ("GET", "download", 3): return SandboxAnswer(status: 200, body: Array(result(of: path[2], now).utf8))
        case ("POST", "jobs", 2):
            try admit(request, now: now)
            guard let kind = JSON(bytes: request.body)?.object?["type"]?.string, ["tweets", "users"].contains(kind)
            else {
                throw XProblem.invalid("type", "", "is not one of [tweets,users]")
            }
            let id = String(1_500_000_000_000_000_000 + jobs.count)
            jobs[id] = Job(kind: kind)
            return .json(200, ["data": json(of: id, request, prefix)])
        case ("GET", "jobs", 3):
            try admit(request, now: now)
            guard jobs[path[2]] != nil else {
                throw XProblem(status: 404, title: "Not Found Error", detail: "no such job", type: "resource-not-found")
            }
            return .json(200, ["data": json(of: path[2], request, prefix)])
        default: return nil
        }
    }

    mutating func control(_ request: SandboxRequest) -> SandboxAnswer? {
        guard request.path == "/sandbox/compliance" else { return nil }
        guard request.method == "POST", let gone = JSON(bytes: request.body)?.object?["gone"]?.object else {
            return .refused(400, #"POST {"gone":{"123":"deleted"}}"#)
        }
        for (id, reason) in gone { self.gone[id] = reason.string }
        return .json(200, ["gone": .int(Int64(self.gone.count))])
    }

    private mutating func admit(_ request: SandboxRequest, now: Date) throws(XProblem) {
        guard request.bearer == Self.token else { throw .unauthorized }
        let state = window.take("app", now: now)
        guard state.isAllowed else {
            throw XProblem(
                status: 429, title: "Too Many Requests", detail: "Too Many Requests", headers: state.headers)
        }
    }

    private func json(of id: String, _ request: SandboxRequest, _ prefix: String) -> JSON {
        let base = "http://\(request.headers["host"] ?? "127.0.0.1")\(prefix)/2/compliance"
        return [
            "id": .string(id), "type": .string(jobs[id]?.kind ?? ""), "name": "repazoo",
            "status": jobs[id]?.ids == nil ? "created" : "complete", "upload_url": .string("\(base)/upload/\(id)"),
            "download_url": .string("\(base)/download/\(id)"),
        ]
    }

    private func result(of id: String, _ now: Date) -> String {
        (jobs[id]?.ids ?? []).compactMap { asked in
            gone[asked].map { reason in
                #"{"id":"\#(asked)","action":"delete","created_at":"\#(Timestamp.text(now))","redacted_at":"\#(Timestamp.text(now))","reason":"\#(reason)"}"#
                    + "\n"
            }
        }.joined()
    }
}
