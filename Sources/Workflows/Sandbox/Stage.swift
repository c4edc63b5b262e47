import FoundationEssentials

/// Holds the state of every provider played, and says what happens to a request: fault, delay, answer, log entry.
actor Stage {
    private var providers: [any PlayedProvider]
    private var faults: FaultInjector
    private var log = RequestLog()
    private let latency: Duration

    init(providers: [any PlayedProvider], faults: FaultPlan, latency: Duration) {
        self.providers = providers
        self.faults = FaultInjector(plan: faults)
        self.latency = latency
    }

    func perform(_ request: SandboxRequest, now: @Sendable () -> Date) async -> SandboxAnswer {
        guard let index = providers.firstIndex(where: { request.isUnder($0.prefix) }) else {
            return control(request, now: now())
        }
        let received = now()
        let fault = faults.next(provider: providers[index].name, path: request.path)
        let delay = latency + fault.delay
        if delay > .zero { try? await Task.sleep(for: delay) }  // other requests are served meanwhile
        let answer = answer(request, from: index, under: fault, now: now())
        log.append(
            RequestRecord(request, provider: providers[index].name, at: received, status: answer.status, fault: fault))
        return answer
    }

    private func answer(
        _ request: SandboxRequest, from index: Int, under fault: FaultDecision, now: Date
    ) -> SandboxAnswer {
        switch fault.action {
        case nil, .slow?: return providers[index].answer(request, now: now)
        case .fail(let failure)?: return providers[index].failure(failure, now: now)
        case .refuse?: return providers[index].refusal(request, now: now)
        case .mangle(let mangling)?: return mangling.applied(to: providers[index].answer(request, now: now))
        }
    }

    private func control(_ request: SandboxRequest, now: Date) -> SandboxAnswer {
        for index in providers.indices {
            if let answer = providers[index].control(request, now: now) { return answer }
        }
        switch (request.method, request.path) {
        case ("GET", "/healthz"): return .json(200, ["status": "ok"])
        case ("GET", "/sandbox/log"): return .json(200, log.listed(provider: request.query["provider"]))
        case ("DELETE", "/sandbox/log"):
            log = RequestLog()
            return SandboxAnswer(status: 204)
        case ("PUT", "/sandbox/faults"): return replaceFaults(String(decoding: request.body, as: UTF8.self))
        case ("DELETE", "/sandbox/faults"):
            faults = FaultInjector(plan: .none)
            return SandboxAnswer(status: 204)
        default: return .refused(404, "the sandbox has nothing at \(request.method) \(request.path)")
        }
    }

    private func replaceFaults(_ spec: String) -> SandboxAnswer {
        do {
            let plan = try FaultPlan(spec)
            faults = FaultInjector(plan: plan)
            return .json(200, ["rules": .int(Int64(plan.rules.count))])
        } catch {
            return .refused(400, error.description)
        }
    }
}
