public import HTTPTransport
public import Privacy

/// X's batch compliance (`/2/compliance/jobs`, 150 calls in 15 minutes for the app, which `TwitterCalls` counts; files lie elsewhere
/// and are not counted). Nothing is ever sent twice behind the caller's back.
public struct ComplianceClient: Sendable {
    /// Of one result.
    static let mostBytes = 256 << 20
    private static let timeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(30), stall: nil)
    private static let fileTimeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(300), stall: .seconds(30))

    private let http: HTTPClient
    private let base: BaseURL
    private let token: SecretString

    /// - Parameter token: The app's own bearer token, not a user's.
    public init(http: HTTPClient, baseURL: String, token: SecretString) throws(TwitterError) {
        guard let base = BaseURL(baseURL) else { throw .invalidRequest("TWITTER_API_URL is not usable") }
        self.http = http
        self.base = base
        self.token = token
    }

    public func create(_ kind: ComplianceJob.Kind) async -> TwitterAnswer<ComplianceJob> {
        let body = #"{"type":"\#(kind.rawValue)","name":"repazoo"}"#
        return await ask(.post, "/2/compliance/jobs", body: .bytes(Array(body.utf8)))
    }

    public func job(_ id: String) async -> TwitterAnswer<ComplianceJob> {
        guard TweetID.isValid(id) else { return .unsent(.invalidRequest("a job's id is not 1 to 19 digits")) }
        return await ask(.get, "/2/compliance/jobs/\(id)", body: .none)
    }

    public func upload(_ ids: [String], to address: SecretString) async throws(TwitterError) {
        let request = HTTPRequest(
            .put, address.reveal(), headers: ["Content-Type": "text/plain"],
            body: .bytes(Array(ids.joined(separator: "\n").utf8)), timeouts: Self.fileTimeouts)
        let response: HTTPResponse
        do { response = try await http.send(request) } catch { throw TwitterError(transport: error) }
        guard (200..<300).contains(response.status) else { throw ProblemDecoder.error(response) }
    }

    /// The verdicts of a finished job, in pieces of at most 500, at constant memory.
    public func verdicts(
        at address: SecretString, _ take: ([ComplianceVerdict]) async throws -> Void
    ) async throws {
        let response: HTTPStreamingResponse
        do {
            response = try await http.stream(
                HTTPRequest(
                    .get, address.reveal(), timeouts: Self.fileTimeouts, maxResponseBytes: Self.mostBytes))
        } catch { throw TwitterError(transport: error) }
        guard response.status == 200 else {
            throw TwitterError.unavailable(.provider, retryAfter: nil)
        }
        var (line, batch): ([UInt8], [ComplianceVerdict]) = ([], [])
        func end() throws(TwitterError) {
            if let verdict = try ComplianceDecoder.verdict(line) { batch.append(verdict) }
            line.removeAll(keepingCapacity: true)
        }
        do {
            for try await piece in response.body {
                for byte in piece {
                    if byte == UInt8(ascii: "\n") { try end() } else { line.append(byte) }
                    guard line.count <= 16 << 10 else { throw TwitterError.malformedAnswer("a line without an end") }
                    if batch.count == 500 {
                        try await take(batch)
                        batch = []
                    }
                }
            }
        } catch let error as HTTPError {
            throw TwitterError(transport: error)
        }
        try end()
        if !batch.isEmpty { try await take(batch) }
    }

    private func ask(
        _ method: HTTPRequest.Method, _ path: String, body: HTTPRequest.Body
    ) async -> TwitterAnswer<ComplianceJob> {
        let request: HTTPRequest
        do throws(TwitterError) {
            request = HTTPRequest(
                method, base.text + path,
                headers: [
                    "Authorization": "Bearer " + (try TwitterClient.headerValue(token)),
                    "Content-Type": "application/json",
                ], body: body, timeouts: Self.timeouts, maxResponseBytes: 64 << 10)
        } catch {
            return .unsent(error)
        }
        do throws(HTTPError) {
            return .read(try await http.send(request)) { (response) throws(TwitterError) in
                guard response.status == 200 else { throw ProblemDecoder.error(response) }
                return try ComplianceDecoder.job(AnswerJSON.object(response.body)["data"])
            }
        } catch {
            return TwitterAnswer(.failure(TwitterError(transport: error)), wasSent: error.mayHaveBeenProcessed)
        }
    }
}
