import HTTPTransport
import Testing

@testable import TwitterAPI

@Suite(.timeLimit(.minutes(1)))
struct TokenGrantDecoderTests {
    static let good =
        #"{"token_type":"bearer","expires_in":7200,"access_token":"canary-access","scope":"tweet.read users.read","refresh_token":"canary-refresh","new":1}"#

    func decode(_ status: Int, _ body: String) throws(TwitterError) -> TokenGrant {
        try TokenGrantDecoder.grant(HTTPResponse(status: status, body: Array(body.utf8)))
    }

    @Test func readsAGrant() throws {
        let grant = try decode(200, Self.good)
        #expect(grant.access == "canary-access")
        #expect(grant.refresh == "canary-refresh")
        #expect(grant.expiresIn == .seconds(7200))
        #expect(grant.scope == ["tweet.read", "users.read"])
        var dumped = "\(grant)"
        dump(grant, to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    @Test func aGrantMayHaveNoRefreshToken() throws {
        #expect(try decode(200, #"{"token_type":"Bearer","expires_in":1,"access_token":"a"}"#).refresh == nil)
    }

    /// X honoured the token, and its successor is lost: that must not look like something to repeat.
    @Test(arguments: [
        "", "{", "[]", good.replacing("bearer", with: "mac"), good.replacing("7200", with: "0"),
        good.replacing("7200", with: "1e99"), good.replacing("canary-access", with: ""),
        good.replacing("canary-access", with: "a b"), good.replacing("\"canary-refresh\"", with: "7"),
    ])
    func anUnreadableGrantMayHaveHappened(_ body: String) {
        #expect(throws: TwitterError.refreshMayHaveHappened) { try decode(200, body) }
    }

    @Test(arguments: [
        (400, #"{"error":"invalid_request"}"#, TwitterError.refreshRefused),
        (400, #"{"error":"invalid_grant"}"#, .refreshRefused),
        (401, #"{"error":"unauthorized_client"}"#, .clientForbidden),
        (400, #"{"error":"invalid_client"}"#, .clientForbidden), (401, "", .clientForbidden),
        (403, "", .clientForbidden), (429, "", .rateLimited(RateHeaders())),
        (503, "", .unavailable(.provider, retryAfter: nil)), (500, "", .refreshMayHaveHappened),
        (504, "", .refreshMayHaveHappened), (404, "", .invalidRequest("status 404 to a refresh")),
        (400, "?", .invalidRequest("status 400 to a refresh")),
    ])
    func refusals(_ status: Int, _ body: String, _ error: TwitterError) {
        #expect(throws: error) { try decode(status, body) }
    }
}
