import FoundationEssentials

/// Holds the state of every provider played, and says what happens to a request: fault, delay, answer, log entry.
actor Stage {
    private var providers: [any PlayedProvider]
    private var faults: FaultInjector
    private var log = RequestLog()
    private let latency: Duration
    private var mailURL: String?

    init(providers: [any PlayedProvider], faults: FaultPlan, latency: Duration) {
        self.providers = providers
        self.faults = FaultInjector(plan: faults)
        self.latency = latency
    }

    func serveMail(at url: String) { mailURL = url }

    /// A mail, as the provider `smtp`: the reply line, or nil to close without one. Whatever damages an answer damages it to nothing.
    func takeMail(_ mail: MailDialogue.Mail, now: @Sendable () -> Date) async -> String? {
        let received = now()
        let fault = faults.next(provider: "smtp", path: "/smtp")
        if latency + fault.delay > .zero { try? await Task.sleep(for: latency + fault.delay) }
        let reply: (status: Int, line: String?) =
            switch fault.action {
            case nil, .slow?, .refuse?, .page?, .skew?, .drip?, .distort?: (250, "250 OK")
            case .fail(let failure)?: (failure.status, "\(failure.status) The sandbox was told to fail")
            case .mangle?: (0, nil)
            }
        log.append(
            RequestRecord(SandboxRequest(mail), provider: "smtp", at: received, status: reply.status, fault: fault))
        return reply.line
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
        case .distort(let fault)?: return providers[index].distorted(request, as: fault, now: now)
        case .drip(let duration)?:
            var answer = providers[index].answer(request, now: now)
            answer.dripsOver = duration
            return answer
        case .refuse?: return providers[index].refusal(request, now: now)
        case .mangle(let mangling)?: return mangling.applied(to: providers[index].answer(request, now: now))
        case .page(let page)?: return providers[index].answer(request, paging: page, now: now)
        case .skew(let duration)?:
            var answer = providers[index].answer(request, now: now)
            answer.moveResets(by: duration)
            return answer
        }
    }

    private func control(_ request: SandboxRequest, now: Date) -> SandboxAnswer {
        for index in providers.indices {
            if let answer = providers[index].control(request, now: now) { return answer }
        }
        switch (request.method, request.path) {
        case ("GET", "/healthz"): return .json(200, ["status": "ok"])
        case ("GET", "/sandbox/mail"): return .json(200, ["url": mailURL.map { .string($0) } ?? .null])
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
