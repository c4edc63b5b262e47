public import HTTPTransport
public import Privacy

/// X API v2, as far as ingestion needs it. Safe from any thread. Nothing is ever sent twice behind the caller's back.
public struct TwitterClient: Sendable {
    public static let defaultBaseURL = "https://api.x.com"

    let http: HTTPClient
    let base: BaseURL
    private let fieldStyle: TwitterFieldStyle

    /// A page of a hundred long posts is a tenth of it.
    static let longestAnswer = 4 << 20
    let timeouts: HTTPTimeouts

    /// No call takes longer, whatever X does.
    public var longestCall: Duration { max(.seconds(10), (timeouts.total ?? .seconds(30)) * 2) }

    /// - Parameters:
    ///   - baseURL: `https`, or `http` on a loopback host; may have a path. Anything else is `.invalidRequest`.
    ///   - timeout: From asking to the last byte of the answer, however slowly it drips.
    public init(
        http: HTTPClient, baseURL: String = TwitterClient.defaultBaseURL, fieldStyle: TwitterFieldStyle = .tweet,
        timeout: Duration = .seconds(30)
    ) throws(TwitterError) {
        guard let base = BaseURL(baseURL) else {
            throw .invalidRequest("TWITTER_API_URL must be https://… (http://… for this machine only), without ? # @")
        }
        self.http = http
        self.base = base
        self.fieldStyle = fieldStyle
        timeouts = HTTPTimeouts(connect: min(.seconds(5), timeout), total: timeout, stall: nil)
    }

    /// One page of an account's posts, newest first (`GET /2/users/{id}/tweets`; only the last 3,200 can be reached).
    ///
    /// - Parameters:
    ///   - providerUserID: The account's number at X.
    ///   - sinceID: Only newer posts than this id.
    ///   - paginationToken: The `nextToken` of the page before.
    ///   - maxResults: X takes 5 to 100; the nearest of these is asked for.
    public func timelinePage(
        of providerUserID: String, token: SecretString, sinceID: String? = nil, paginationToken: String? = nil,
        maxResults: Int = 100
    ) async -> TwitterAnswer<TimelinePage> {
        let query = TimelineQuery(
            userID: providerUserID, sinceID: sinceID, paginationToken: paginationToken, maxResults: maxResults,
            fieldStyle: fieldStyle)
        let request: HTTPRequest
        do throws(TwitterError) {
            request = HTTPRequest(
                .get, base.text + (try query.path()),
                headers: ["Authorization": "Bearer " + (try Self.headerValue(token))], timeouts: timeouts,
                maxResponseBytes: Self.longestAnswer)
        } catch {
            return .unsent(error)
        }
        do throws(HTTPError) {
            let decoder = TimelineDecoder(userID: providerUserID, paginationToken: paginationToken)
            return .read(try await http.send(request)) { (response) throws(TwitterError) in
                try decoder.page(response)
            }
        } catch {
            return TwitterAnswer(.failure(TwitterError(transport: error)), wasSent: error.mayHaveBeenProcessed)
        }
    }

    /// A stored token that no header can carry is no token.
    static func headerValue(_ token: SecretString) throws(TwitterError) -> String {
        let text = token.reveal()
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unauthorized }
        return text
    }
}
