/// How a message left this process, as metrics and traces name it.
enum MessageEnd: String, CaseIterable, Sendable {
    case done, refused
    /// Done before; its follow-ups were published again.
    case duplicate
    /// Comes back later: put off without having been tried, and after a try that failed.
    case postponed, retried
    case dead, invalid
}
