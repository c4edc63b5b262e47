import Contracts
import FoundationEssentials

/// A time on a page: in UTC as it comes, which the page's script turns into the reader's zone, with UTC on hover.
struct Moment {
    let machine: String
    let text: String
    let ago: String

    init(_ date: Date, now: Date) {
        machine = RFC3339.text(date)
        text = String(machine.prefix(16)).replacing("T", with: " ") + " UTC"
        ago = Moment.distance(from: date, to: now)
    }

    init?(_ date: Date?, now: Date) {
        guard let date else { return nil }
        self.init(date, now: now)
    }

    /// `3 min ago`, `in 2 h`.
    static func distance(from date: Date, to now: Date) -> String {
        let seconds = now.timeIntervalSince(date)
        let words = length(abs(seconds))
        return seconds < 0 ? "in " + words : words + " ago"
    }

    /// `12 s`, `3 min`, `5 h`, `9 d`.
    static func length(_ seconds: TimeInterval) -> String {
        switch seconds {
        case ..<100: "\(Int(seconds)) s"
        case ..<6000: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(min(seconds / 86400, 1_000_000))) d"
        }
    }
}

extension Moment {
    /// How long work took: `4 ms`, `1.2 s`, `3 min`.
    static func duration(_ seconds: TimeInterval) -> String {
        switch seconds {
        case ..<1: "\(max(0, Int((seconds * 1000).rounded()))) ms"
        case ..<100: "\((seconds * 10).rounded() / 10) s"
        default: length(seconds)
        }
    }
}
