import Contracts

/// How followed work ended.
enum WorkEnd: Equatable, CustomStringConvertible {
    case done
    /// A code (`RefusalReason`), from the receipt's event.
    case refused(reason: String, by: ConsumerName)
    /// It is a dead letter now, stored under `letter`. Codes only.
    case dead(reason: String, code: String?, letter: String, by: ConsumerName)
    case timedOut(waitingFor: ConsumerName, deadLetters: Int, limit: Duration)

    var description: String {
        switch self {
        case .done: "done"
        case .refused(let reason, let consumer): "\(consumer.program) refused it: \(reason)"
        case .dead(let reason, let code, let letter, let consumer):
            "\(consumer.program) gave it up: \(reason)" + (code.map { " (\($0))" } ?? "")
                + "; `repazoo dead show \(letter.prefix(8))` tells more"
        case .timedOut(let consumer, let dead, let limit):
            "not done after \(Plain.seconds(limit)): \(consumer.program) has not finished it. It may wait in "
                + "\(consumer.queue) (is \(consumer.program) running?), or in the delay ladder (repazoo.delay.…) for a rate "
                + "window or a retry, or be dead: \(consumer.deadQueue) "
                + (dead == 0
                    ? "is empty" : "holds \(Plain.count(dead, "message")), each with its reason in repazoo-reason")
        }
    }
}
