import FoundationEssentials

/// The token endpoint of X's OAuth 2.0 (RFC 6749 §6, RFC 7009), for confidential clients.
enum XOAuth {
    static func token(_ request: SandboxRequest, _ tokens: inout XTokens, now: Date) -> SandboxAnswer {
        guard isClient(request) else { return unauthorizedClient }
        guard let form = form(of: request) else { return invalid("The request body must be form-encoded.") }
        guard let grant = form["grant_type"] else { return invalid("Missing required parameter [grant_type].") }
        guard grant == "refresh_token" else {
            return error(400, "unsupported_grant_type", "The sandbox plays refresh_token only.")
        }
        guard let given = form["refresh_token"], !given.isEmpty else {
            return invalid("Missing required parameter [refresh_token].")
        }
        guard let granted = tokens.refresh(given, now: now) else { return invalidToken }
        return .json(
            200,
            [
                "token_type": "bearer", "expires_in": .int(Int64(XTokens.lifetime)),
                "access_token": .string(granted.access), "refresh_token": .string(granted.refresh),
                "scope": .string(XTokens.scope),
            ], headers: [("cache-control", "no-store")])
    }

    static func revoke(_ request: SandboxRequest, _ tokens: inout XTokens) -> SandboxAnswer {
        guard isClient(request) else { return unauthorizedClient }
        guard let form = form(of: request), let token = form["token"], !token.isEmpty else {
            return invalid("Missing required parameter [token].")
        }
        return tokens.revoke(token) ? .json(200, ["revoked": true]) : invalidToken
    }

    /// Any client id and secret will do, if both are there.
    private static func isClient(_ request: SandboxRequest) -> Bool {
        guard let value = request.headers["authorization"], value.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: value.dropFirst(6).trimmingSpaces())
        else { return false }
        let halves = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
        return halves.count == 2
    }

    private static func form(of request: SandboxRequest) -> FormFields? {
        guard request.mediaType == "application/x-www-form-urlencoded" else { return nil }
        return FormFields(String(decoding: request.body, as: UTF8.self))
    }

    private static var unauthorizedClient: SandboxAnswer {
        error(401, "unauthorized_client", "Missing valid authorization header")
    }

    private static var invalidToken: SandboxAnswer { invalid("Value passed for the token was invalid.") }

    private static func invalid(_ description: String) -> SandboxAnswer { error(400, "invalid_request", description) }

    private static func error(_ status: Int, _ code: String, _ description: String) -> SandboxAnswer {
        .json(status, ["error": .string(code), "error_description": .string(description)])
    }
}
