/// Damage done to an answer after the request was carried out.
enum FaultMangling: String, Equatable, Sendable, CaseIterable {
    case truncate
    case garbage
    case extraFields = "extra-fields"
    case drip
    case flood

    func applied(to answer: SandboxAnswer) -> SandboxAnswer {
        var answer = answer
        switch self {
        case .truncate:
            answer.delivery = .cutOff
        case .drip:
            answer.delivery = .drip
        case .flood:
            answer.status = 200
            answer.delivery = .flood
        case .garbage:
            answer.status = 200
            answer.body = Array("<html><body>We'll be right back.</body></html>".utf8)
        case .extraFields:
            guard let value = JSON(bytes: answer.body) else { return answer }
            answer.body = Self.extended(value).bytes
        }
        return answer
    }

    /// Adds members that no client knows to every object.
    private static func extended(_ value: JSON) -> JSON {
        switch value {
        case .object(let members):
            var members = members.mapValues(extended)
            members["sandbox_extra"] = ["unknown": [1, "two", .null]]
            return .object(members)
        case .array(let items): return .array(items.map(extended))
        default: return value
        }
    }
}
