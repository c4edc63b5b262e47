import FoundationEssentials
import HTTPTransport
public import Privacy

extension TwitterClient {
    /// Changes a refresh token into new tokens (`POST /2/oauth2/token`, RFC 6749 §6). The old one is dead afterwards:
    /// call this under a lock of the user, store the grant before its first use, and never repeat it after
    /// `.refreshMayHaveHappened`.
    public func refreshToken(
        refresh: SecretString, clientID: String, clientSecret: SecretString
    ) async throws(TwitterError) -> TokenGrant {
        guard !clientID.isEmpty, !clientID.contains(":") else {
            throw .invalidRequest("TWITTER_CLIENT_ID is not usable")
        }
        let basic = Data("\(clientID):\(clientSecret.reveal())".utf8).base64EncodedString()
        let form = PercentEncoding.pairs([("grant_type", "refresh_token"), ("refresh_token", refresh.reveal())])
        let request = HTTPRequest(
            .post, base.text + "/2/oauth2/token",
            headers: [
                "Authorization": "Basic \(basic)", "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            ], body: .bytes(Array(form.utf8)), timeouts: Self.timeouts, maxResponseBytes: 64 << 10)
        let response: HTTPResponse
        do {
            response = try await http.send(request)
        } catch {
            throw error.mayHaveBeenProcessed ? .refreshMayHaveHappened : TwitterError(transport: error)
        }
        return try TokenGrantDecoder.grant(response)
    }
}
