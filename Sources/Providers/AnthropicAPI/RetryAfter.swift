import FoundationEssentials
import HTTPTransport

enum RetryAfter {
    /// `retry-after-ms`, else `retry-after`, in seconds or as a time on its sender's clock, which its `date` tells; at most an hour.
    static func delay(_ headers: HTTPHeaders) -> Duration? {
        if let milliseconds = headers["retry-after-ms"].flatMap({ Double($0) }), (0...3_600_000).contains(milliseconds)
        {
            return .milliseconds(Int(milliseconds.rounded(.up)))
        }
        guard let text = headers["retry-after"], let seconds = Double(text) ?? untilThen(text, headers["date"]),
            seconds >= 0, seconds.isFinite
        else { return nil }
        return .milliseconds(Int((min(seconds, 3600) * 1000).rounded(.up)))
    }

    /// Our own clock may differ from theirs, and is not asked.
    private static func untilThen(_ text: String, _ now: String?) -> Double? {
        guard let then = HTTPDate.date(text), let now = now.flatMap(HTTPDate.date) else { return nil }
        return then.timeIntervalSince(now)
    }
}
