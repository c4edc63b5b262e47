public import Contracts
public import FoundationEssentials

extension AnthropicError {
    /// What becomes of a job that cannot go on because of this error. Other models are tried before `.notFound` gets here.
    public func outcome(at now: Date) -> Outcome {
        switch self {
        case .promptNotClean: .failedForGood(.privacyCheck)
        case .rateLimited(let delay): .notBefore(Self.time(now, delay ?? .seconds(60)), because: .rateLimited)
        case .overloaded(let delay): .notBefore(Self.time(now, delay ?? .seconds(30)), because: .providerOverloaded)
        // The operator can mend these without touching the message.
        case .unauthorized, .notFound: .failed(.providerRejected, retryAfter: .seconds(300))
        case .invalidRequest, .requestTooLarge: .failedForGood(.providerRejected)
        case .unavailable(let reason, let delay): .failed(reason, retryAfter: delay)
        case .refused: .refused(.modelRefused)
        case .truncated, .contextWindowExceeded, .malformedAnswer: .failed(.invalidAnswer)
        case .interrupted: .failed(.network)
        }
    }

    private static func time(_ now: Date, _ delay: Duration) -> Date {
        now + Double(delay.components.seconds) + Double(delay.components.attoseconds) * 1e-18
    }
}
