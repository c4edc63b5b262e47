import Contracts
import FoundationEssentials

enum DateText {
    /// `2026-01-31`, UTC.
    static func day(_ date: Date) -> String { String(RFC3339.text(date).prefix(10)) }
}
