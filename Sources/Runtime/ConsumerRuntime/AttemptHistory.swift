import Contracts
import FoundationEssentials

/// What became of a message's earlier attempts, as it travels in the header `repazoo-history`: `2026-11-23T10:00:00Z network`
/// and so on, newest last, codes only. The oldest fall out when it grows past `limit` bytes.
struct AttemptHistory {
    static let limit = 4096

    private(set) var text: String

    /// What came from outside and is too long for us to have written it is no history.
    init(_ text: String?) { self.text = text.flatMap { $0.utf8.count <= Self.limit ? $0 : nil } ?? "" }

    mutating func add(_ code: String, at time: Date) {
        let entry = "\(RFC3339.text(time)) \(code)"
        text = text.isEmpty ? entry : text + ", " + entry
        while text.utf8.count > Self.limit, let comma = text.firstIndex(of: ",") {
            text = String(text[text.index(comma, offsetBy: 2)...])
        }
    }
}
