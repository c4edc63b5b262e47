import FoundationEssentials

/// RFC 3339 times.
enum Timestamp {
    /// With milliseconds, in UTC, as X writes `created_at`.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Without a fraction, in UTC, as Anthropic writes its resets.
    static func seconds(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle()) }

    static func date(_ text: String) -> Date? {
        (try? Date(text, strategy: Date.ISO8601FormatStyle()))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
