import Contracts
public import FoundationEssentials

/// What became of a message's attempts, as the header `repazoo-history` tells it: `2026-11-23T10:00:00Z network, …`,
/// oldest first. Whatever in it is not a time and a code is dropped.
public struct AttemptTrail: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        public let time: Date
        public let code: String
    }

    /// An operator's replay, as an entry.
    public static let replayed = "replayed"

    private static let maximumBytes = 4096
    private static let readBytes = 8192

    public private(set) var entries: [Entry]

    public init(_ text: String?) {
        let text = text.map { String(decoding: $0.utf8.prefix(Self.readBytes), as: UTF8.self) } ?? ""
        entries = text.split(separator: ",").compactMap { part in
            let words = part.split(separator: " ")
            guard words.count == 2, let time = RFC3339.date(String(words[0])), HarmlessText.isCode(String(words[1]))
            else { return nil }
            return Entry(time: time, code: String(words[1]))
        }
    }

    public mutating func add(_ code: String, at time: Date) { entries.append(Entry(time: time, code: code)) }

    /// The header's text; the oldest entries fall out when it grows too long.
    public var text: String {
        var parts: [String] = []
        var bytes = 0
        for entry in entries.reversed() {
            let part = "\(RFC3339.text(entry.time)) \(entry.code)"
            bytes += part.utf8.count + 2
            if bytes > Self.maximumBytes { break }
            parts.append(part)
        }
        return parts.reversed().joined(separator: ", ")
    }
}
