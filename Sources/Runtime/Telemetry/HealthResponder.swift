import Hummingbird
import Privacy

/// What each path answers.
struct HealthResponder: Sendable {
    let readiness: Readiness
    let metrics: PrometheusRegistry
    let refresh: @Sendable () async -> Void

    func respond(to request: Request) async -> Response {
        switch request.method {
        case .get: await answer(to: request.uri.path)
        case .head: await answer(to: request.uri.path).createHeadResponse()
        default: text(.methodNotAllowed, "only GET\n")
        }
    }

    private func answer(to path: String) async -> Response {
        switch path {
        case "/healthz": text(.ok, "ok\n")
        case "/readyz": readyz()
        case "/metrics": await renderedMetrics()
        default: text(.notFound, "try /healthz, /readyz or /metrics\n")
        }
    }

    private func renderedMetrics() async -> Response {
        await refresh()
        return answer(.ok, "text/plain; version=0.0.4; charset=utf-8", metrics.render())
    }

    private func readyz() -> Response {
        let dependencies = readiness.snapshot()
        let isReady = dependencies.allSatisfy { $0.state == .up }
        let members = dependencies.map { dependency in
            var members: [JSONValue.Member] = [
                .init("state", .string(dependency.state.name)), .init("since", .string(LogTime.text(dependency.since))),
            ]
            if case .down(let reason) = dependency.state { members.append(.init("reason", .string(reason))) }
            return JSONValue.Member(dependency.name, .object(members))
        }
        let body: JSONValue = .object([.init("ready", .bool(isReady)), .init("dependencies", .object(members))])
        return answer(isReady ? .ok : .serviceUnavailable, "application/json", body.serialized() + "\n")
    }

    private func text(_ status: HTTPResponse.Status, _ body: String) -> Response {
        answer(status, "text/plain; charset=utf-8", body)
    }

    private func answer(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
