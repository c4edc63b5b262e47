import HTTPTransport

enum RetryAfter {
    /// `retry-after-ms`, else `retry-after` in seconds; at most an hour. A date is not read: its sender's clock is not
    /// ours.
    static func delay(_ headers: HTTPHeaders) -> Duration? {
        if let milliseconds = headers["retry-after-ms"].flatMap({ Double($0) }), (0...3_600_000).contains(milliseconds)
        {
            return .milliseconds(Int(milliseconds.rounded(.up)))
        }
        guard let seconds = headers["retry-after"].flatMap({ Double($0) }), seconds >= 0, seconds.isFinite else {
            return nil
        }
        return .milliseconds(Int((min(seconds, 3600) * 1000).rounded(.up)))
    }
}
