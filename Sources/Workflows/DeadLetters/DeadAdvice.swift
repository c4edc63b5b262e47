import Contracts

/// What a reason means, and what an operator does about it.
public enum DeadAdvice {
    public static func meaning(_ reason: String) -> String {
        switch DeadLetterReason(rawValue: reason) {
        case .invalidMessage: "no consumer can read it"
        case .crashLoop: "it was given to its consumer again and again, and each time the consumer died"
        case .attemptsExhausted: "every attempt failed, the last one as the code says"
        case .permanentFailure: "it failed in a way that another attempt would not change"
        case .deadlinePassed: "it was put off until its own deadline had passed"
        case .expired: "it grew too old in a queue"
        case .rejected: "it was rejected on the broker, by something that is not one of our consumers"
        case .overflow: "a full queue pushed it out"
        case .unknown, nil: "nobody said why in words that we know"
        }
    }

    public static func steps(_ reason: String, code: String?) -> String {
        switch DeadLetterReason(rawValue: reason) {
        case .invalidMessage:
            "Correct the publisher; the code says what was expected. Have it publish the request again, then discard this."
        case .crashLoop:
            "Look into the consumer's log and the kernel's (out of memory?) before the time of death. Replay ONE after the "
                + "repair, by its id: it would otherwise take the consumer down again."
        case .attemptsExhausted, .deadlinePassed: remedy(code) + " Then replay."
        case .permanentFailure: remedy(code) + " Replay only after something was changed, or discard."
        case .expired, .overflow:
            "Our queues have no such rule: see `repazoo topology verify` and the broker's policies. Then replay."
        case .rejected: "Find out what else consumes the queue (`rabbitmqctl list_consumers`). Then replay."
        case .unknown, nil: "Look into the broker's log at the time of death. A replay does no harm: done is done once."
        }
    }

    private static func remedy(_ code: String?) -> String {
        switch code.map({ FailureReason(rawValue: $0) }) {
        case .database: "PostgreSQL failed: see `repazoo doctor` and the server's log."
        case .redis: "Redis failed: see `repazoo doctor`."
        case .network, .timeout: "The provider could not be reached: check the network and the provider's status page."
        case .provider: "The provider failed: see its status page; wait until it is well."
        case .providerRejected:
            "The provider refused the request itself: see the consumer's log; credentials, model names?"
        case .invalidAnswer: "The provider answered in a shape that we do not know: its API may have changed."
        case .corruptState: "A stored value cannot be read: is ENCRYPTION_KEY the one that the tokens were made with?"
        case .privacyCheck:
            "A prompt did not pass the privacy check, and was not sent. This is a fault in the sanitizer: tell its developers."
        default:
            switch code.map({ PostponementReason(rawValue: $0) }) {
            case .some(.some):
                "It waited for its turn for too long (\(code ?? "")): see the limits and the provider's status."
            default: "See the consumer's log at the time of death."
            }
        }
    }
}
