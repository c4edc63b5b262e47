import HTTPTransport

enum RetryAfter {
    /// RFC 9110 §10.2.3, the form in seconds; at most a day. A date is not read: its sender's clock is not ours.
    static func delay(_ headers: HTTPHeaders) -> Duration? {
        guard let seconds = headers["retry-after"].flatMap({ Int($0) }), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 86400))
    }
}
