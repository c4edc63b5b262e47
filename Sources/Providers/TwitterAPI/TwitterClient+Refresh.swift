import FoundationEssentials
import HTTPTransport
public import Privacy

extension TwitterClient {
    /// Changes a refresh token into new tokens (`POST /2/oauth2/token`, RFC 6749 §6). The old one is dead afterwards:
    /// call this under a lock of the user, store the grant before its first use, and never repeat it after
    /// `.refreshMayHaveHappened`.
    public func refreshToken(
        refresh: SecretString, clientID: String, clientSecret: SecretString
    ) async -> TwitterAnswer<TokenGrant> {
        guard !clientID.isEmpty, !clientID.contains(":") else {
            return .unsent(.invalidRequest("TWITTER_CLIENT_ID is not usable"))
        }
        let basic = Data("\(clientID):\(clientSecret.reveal())".utf8).base64EncodedString()
        let form = PercentEncoding.pairs([("grant_type", "refresh_token"), ("refresh_token", refresh.reveal())])
        let request = HTTPRequest(
            .post, base.text + "/2/oauth2/token",
            headers: [
                "Authorization": "Basic \(basic)", "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            ], body: .bytes(Array(form.utf8)), timeouts: timeouts, maxResponseBytes: 64 << 10)
        do throws(HTTPError) {
            return .read(try await http.send(request)) { (response) throws(TwitterError) in
                try TokenGrantDecoder.grant(response)
            }
        } catch {
            let sent = error.mayHaveBeenProcessed
            return TwitterAnswer(
                .failure(sent ? .refreshMayHaveHappened : TwitterError(transport: error)), wasSent: sent)
        }
    }
}
