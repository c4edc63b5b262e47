import FoundationEssentials

/// A provider that the sandbox plays. One provider is one folder; its state is a value, and time is a parameter.
protocol PlayedProvider: Sendable {
    /// Name in fault rules and in the log.
    var name: String { get }
    /// Path under which it answers, such as `/twitter`.
    var prefix: String { get }

    mutating func answer(_ request: SandboxRequest, now: Date) -> SandboxAnswer
    /// An injected failure, in the provider's own shape. The request is not carried out.
    func failure(_ failure: FaultFailure, now: Date) -> SandboxAnswer
    /// The provider declines to do what was asked, in a well-formed answer, where it knows such a thing.
    mutating func refusal(_ request: SandboxRequest, now: Date) -> SandboxAnswer
    /// An answer that is wrong in itself, where it knows such a thing.
    mutating func distorted(_ request: SandboxRequest, as fault: ModelFault, now: Date) -> SandboxAnswer
    /// Carried out, with a page whose token goes wrong, where the provider has pages.
    mutating func answer(_ request: SandboxRequest, paging fault: FaultPage, now: Date) -> SandboxAnswer
    /// Requests to the sandbox itself that concern this provider (`/sandbox/…`); nothing if it is not its business.
    mutating func control(_ request: SandboxRequest, now: Date) -> SandboxAnswer?
}

extension PlayedProvider {
    mutating func refusal(_ request: SandboxRequest, now: Date) -> SandboxAnswer { answer(request, now: now) }
    mutating func distorted(_ request: SandboxRequest, as fault: ModelFault, now: Date) -> SandboxAnswer {
        answer(request, now: now)
    }
    mutating func answer(_ request: SandboxRequest, paging fault: FaultPage, now: Date) -> SandboxAnswer {
        answer(request, now: now)
    }
    mutating func control(_ request: SandboxRequest, now: Date) -> SandboxAnswer? { nil }
}
