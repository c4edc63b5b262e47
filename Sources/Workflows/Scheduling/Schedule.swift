public import Contracts

/// A tick that comes again and again.
public struct Schedule: Hashable, Sendable {
    /// Lower-case letters, digits, `-` and `_`; 1 to 64. A renamed schedule is a new one, and knows nothing of its slots.
    public let name: String
    public let cron: CronExpression
    /// On `ExchangeName.ticks`.
    public let routingKey: RoutingKey
    /// One sentence for people.
    public let purpose: String

    public init(name: String, cron: CronExpression, routingKey: RoutingKey, purpose: String) {
        self.name = name
        self.cron = cron
        self.routingKey = routingKey
        self.purpose = purpose
    }

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
    }
}
