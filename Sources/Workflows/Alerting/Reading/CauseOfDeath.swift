import AMQP
import Contracts
import FoundationEssentials
import Privacy

/// Why and when a message died: from a consumer's headers, or from the broker's where no consumer lived to say.
struct CauseOfDeath: Equatable, Sendable {
    private static let codeBytes = 200
    /// Clocks of dying programs may run ahead of ours by this much; a later time is not believed.
    private static let toleratedSkew: TimeInterval = 60
    private static let earliest = Date(timeIntervalSince1970: 1_577_836_800)  // 2020

    let reason: DeadLetterReason
    let code: String?
    /// Nil when nobody said it credibly.
    let time: Date?

    /// A consumer takes the broker's headers off when it buries a message. So an `x-death` of this very queue means
    /// that the broker spoke last, whatever the publisher wrote into our own headers; those of the delay ladder's
    /// queues mean nothing.
    init(_ headers: AMQPTable, queue: QueueName, now: Date) {
        let deaths = BrokerDeath.list(headers)
        if let death = deaths.first(where: { $0.queue == queue.rawValue }) {
            self.init(death, now)
        } else if let word = headers[HeaderName.reason] {
            let code = headers[HeaderName.code]?.string
            self.init(
                reason: word.string.flatMap { DeadLetterReason(rawValue: $0) } ?? .unknown,
                code: code.map {
                    HarmlessText.cleaned(Redactor.redact(String($0.prefix(1000))), maximumBytes: Self.codeBytes)
                },
                time: Self.credible(Self.told(headers), now))
        } else if let death = deaths.first {
            self.init(death, now)
        } else {
            let word = headers["x-first-death-reason"]?.string
            let known = BrokerDeath.known(word)
            self.init(reason: BrokerDeath.reason(known), code: word == nil ? nil : known, time: nil)
        }
    }

    private init(_ death: BrokerDeath, _ now: Date) {
        self.init(
            reason: BrokerDeath.reason(death.word), code: death.word, time: Self.credible(death.time, now))
    }

    private init(reason: DeadLetterReason, code: String?, time: Date?) {
        self.reason = reason
        self.code = code
        self.time = time
    }

    /// The consumer's word, else the time of the last attempt.
    private static func told(_ headers: AMQPTable) -> Date? {
        switch headers[HeaderName.diedAt] {
        case .string(let text): if let time = RFC3339.date(text) { return time }
        case .timestamp(let seconds): return Date(timeIntervalSince1970: Double(seconds))
        default: break
        }
        return AttemptTrail(headers[HeaderName.history]?.string).entries.last?.time
    }

    private static func credible(_ time: Date?, _ now: Date) -> Date? {
        guard let time, time >= earliest, time <= now.addingTimeInterval(toleratedSkew) else { return nil }
        return time
    }
}
