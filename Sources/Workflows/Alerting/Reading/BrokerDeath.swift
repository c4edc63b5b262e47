import AMQP
import Contracts
import FoundationEssentials

/// One entry of the broker's `x-death` header, as far as it makes sense: anybody may publish such a header.
struct BrokerDeath: Equatable, Sendable {
    /// The broker's words for why it takes a message out of a queue.
    static let words = ["delivery_limit", "rejected", "expired", "maxlen"]
    private static let maximumEntries = 16

    let queue: String
    /// One of `words`, or `unknown`.
    let word: String
    let count: Int64
    let time: Date?

    /// The last death first, as the broker orders them.
    static func list(_ headers: AMQPTable) -> [BrokerDeath] {
        guard case .array(let entries) = headers["x-death"] else { return [] }
        return entries.prefix(maximumEntries).compactMap { entry in
            guard case .table(let table) = entry else { return nil }
            return BrokerDeath(table)
        }
    }

    private init?(_ table: AMQPTable) {
        guard let queue = table["queue"]?.string, HarmlessText.isCode(queue) else { return nil }
        self.queue = queue
        word = Self.known(table["reason"]?.string)
        count = min(max(table["count"]?.integer ?? 1, 1), 1_000_000)
        if case .timestamp(let seconds) = table["time"], seconds < 253_402_300_800 {
            time = Date(timeIntervalSince1970: Double(seconds))
        } else {
            time = nil
        }
    }

    static func known(_ word: String?) -> String { word.flatMap { words.contains($0) ? $0 : nil } ?? "unknown" }

    static func reason(_ word: String) -> DeadLetterReason {
        switch word {
        // More consumers than the limit allows got it, and none lived to settle it.
        case "delivery_limit": .crashLoop
        case "rejected": .rejected
        case "expired": .expired
        case "maxlen": .overflow
        default: .unknown
        }
    }

    var json: Contracts.JSONValue {
        var members: [String: Contracts.JSONValue] = [
            "queue": .string(queue), "reason": .string(word), "count": .integer(Int(count)),
        ]
        if let time { members["time"] = .string(RFC3339.text(time)) }
        return .object(members)
    }
}
