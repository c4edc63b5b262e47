import HTTPTransport

/// What came of one call to X: its answer as a value or an error, and what the answer says of X's limits.
public struct TwitterAnswer<Value: Sendable>: Sendable {
    public let result: Result<Value, TwitterError>
    public let rate: RateHeaders
    /// False when surely nothing reached X: only then it cannot have counted the call.
    public let wasSent: Bool

    public init(_ result: Result<Value, TwitterError>, rate: RateHeaders = RateHeaders(), wasSent: Bool) {
        self.result = result
        self.rate = rate
        self.wasSent = wasSent
    }

    public func get() throws(TwitterError) -> Value { try result.get() }

    /// X answered.
    static func read(
        _ response: HTTPResponse, _ value: (HTTPResponse) throws(TwitterError) -> Value
    ) -> TwitterAnswer {
        let result: Result<Value, TwitterError>
        do { result = .success(try value(response)) } catch { result = .failure(error) }
        return TwitterAnswer(result, rate: RateHeaders(response.headers), wasSent: true)
    }

    /// Refused by ourselves before anything was sent.
    static func unsent(_ error: TwitterError) -> TwitterAnswer { TwitterAnswer(.failure(error), wasSent: false) }
}
