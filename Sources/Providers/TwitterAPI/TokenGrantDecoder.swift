import HTTPTransport
import Privacy

/// An answer of `POST /2/oauth2/token` (RFC 6749 §5).
///
/// Whenever X may have honoured the refresh token and we do not hold its successor, the error says so.
enum TokenGrantDecoder {
    static func grant(_ response: HTTPResponse) throws(TwitterError) -> TokenGrant {
        guard (200..<300).contains(response.status) else { throw error(response) }
        guard let root = try? JSONValue(parsing: response.body, maximumBytes: 64 << 10, maximumDepth: 8),
            root["token_type"]?.string?.lowercased() == "bearer",
            let access = token(root["access_token"]), let seconds = root["expires_in"]?.integer,
            (1...31_622_400).contains(seconds)
        else { throw .refreshMayHaveHappened }
        let refresh = token(root["refresh_token"])
        guard refresh != nil || root["refresh_token"] == nil || root["refresh_token"] == .null else {
            throw .refreshMayHaveHappened
        }
        let scope = (root["scope"]?.string ?? "").split(separator: " ").map(String.init)
        return TokenGrant(access: access, refresh: refresh, expiresIn: .seconds(seconds), scope: scope)
    }

    private static func error(_ response: HTTPResponse) -> TwitterError {
        let code = (try? JSONValue(parsing: response.body, maximumBytes: 64 << 10, maximumDepth: 16))?["error"]?.string
        switch (response.status, code) {
        case (400...401, "invalid_grant"), (400...401, "invalid_request"): return .refreshRefused
        case (400...403, "invalid_client"), (400...403, "unauthorized_client"), (401, _), (403, _):
            return .clientForbidden
        case (429, _): return .rateLimited(RateHeaders(response.headers))
        case (503, _): return .unavailable(.provider, retryAfter: RetryAfter.delay(response.headers))
        case (408, _), (500...599, _): return .refreshMayHaveHappened
        default: return .invalidRequest("status \(response.status) to a refresh")
        }
    }

    private static func token(_ value: JSONValue?) -> SecretString? {
        guard let text = value?.string, (1...4096).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return SecretString(text)
    }
}
