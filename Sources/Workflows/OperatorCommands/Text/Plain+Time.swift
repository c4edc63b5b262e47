import Alerting
import Contracts
import FoundationEssentials

extension Plain {
    /// `2026-11-23 21:04:10Z`, to the second.
    static func moment(_ time: Date) -> String {
        let whole = Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
        return RFC3339.text(whole).replacing("T", with: " ")
    }

    /// How long ago, in the largest unit that says enough: `40 s`, `12 min`, `5 h`, `3 days`.
    static func age(_ seconds: TimeInterval) -> String {
        guard seconds.isFinite, seconds >= 1 else { return "0 s" }
        let seconds = Int(min(seconds, 1e12))
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3600) h"
        default: return "\(seconds / 86400) days"
        }
    }

    /// Text that others wrote, for a terminal: one line, nothing that a terminal obeys.
    static func line(_ text: String, maximumBytes: Int = 128 * 1024) -> String {
        HarmlessText.cleaned(text, maximumBytes: maximumBytes)
    }
}

extension JSON {
    /// Text that others wrote, without control characters even for readers that print it unescaped.
    static func outside(_ text: String?) -> JSON { text.map { .string(Plain.line($0)) } ?? .null }

    /// The same for a whole value.
    var cleaned: JSON {
        switch self {
        case .null, .bool, .integer, .number: self
        case .string(let text): .outside(text)
        case .array(let elements): .array(elements.map(\.cleaned))
        case .object(let members): .object(members.map { .init(Plain.line($0.key), $0.value.cleaned) })
        }
    }
}
