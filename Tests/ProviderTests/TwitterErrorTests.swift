import Contracts
import FoundationEssentials
import HTTPTransport
import Testing

@testable import TwitterAPI

@Suite(.timeLimit(.minutes(1)))
struct TwitterErrorTests {
    static let now = Date(timeIntervalSince1970: 1_772_359_200)

    struct Case: Sendable {
        var status: Int
        var body = ""
        var headers: HTTPHeaders = [:]
        let error: TwitterError
        let outcome: Outcome
    }

    static func problem(_ type: String, _ title: String = "t") -> String {
        #"{"title":"\#(title)","detail":"canary-detail","type":"https://api.x.com/2/problems/\#(type)","resource_type":"user"}"#
    }

    static let invalid = Outcome.failedForGood(.providerRejected)

    static let cases: [Case] = [
        Case(status: 401, error: .unauthorized, outcome: .refused(.consentRevoked)),
        Case(
            status: 403, body: problem("client-forbidden"), error: .clientForbidden,
            outcome: .failed(.providerRejected, retryAfter: .seconds(300))),
        Case(
            status: 403, body: "<html>", error: .clientForbidden,
            outcome: .failed(.providerRejected, retryAfter: .seconds(300))),
        Case(
            status: 403, body: problem("not-authorized-for-resource"), error: .accountProtected,
            outcome: .refused(.accountProtected)),
        Case(
            status: 403, body: #"{"errors":[{"code":63}]}"#, error: .accountSuspended,
            outcome: .refused(.accountSuspended)),
        Case(status: 404, body: problem("resource-not-found"), error: .accountGone, outcome: .refused(.accountGone)),
        Case(
            status: 404, body: problem("not-authorized-for-resource"), error: .accountProtected,
            outcome: .refused(.accountProtected)),
        Case(status: 404, body: #"{"errors":[{"code":50}]}"#, error: .accountGone, outcome: .refused(.accountGone)),
        Case(
            status: 404, body: #"{"type":"about:blank"}"#,
            error: .invalidRequest("404 without X's reason: check TWITTER_API_URL"), outcome: invalid),
        Case(
            status: 429, headers: ["x-rate-limit-reset": "1772359800"],
            error: .rateLimited(RateHeaders(resetsAt: now + 600)),
            outcome: .notBefore(now + 600, because: .rateLimited)),
        Case(
            status: 429, headers: ["x-rate-limit-reset": "1772359100"],
            error: .rateLimited(RateHeaders(resetsAt: now - 100)),
            outcome: .notBefore(now + 60, because: .rateLimited)),
        Case(
            status: 429, headers: ["x-rate-limit-reset": "253402300799"],
            error: .rateLimited(RateHeaders(resetsAt: Date(timeIntervalSince1970: 253_402_300_799))),
            outcome: .notBefore(now + 86400, because: .rateLimited)),
        Case(
            status: 429, headers: ["x-rate-limit-reset": "soon"], error: .rateLimited(RateHeaders()),
            outcome: .notBefore(now + 900, because: .rateLimited)),
        Case(
            status: 429, headers: ["x-rate-limit-reset": "1772359800", "retry-after": "700"],
            error: .rateLimited(RateHeaders(resetsAt: now + 600, retryAfter: .seconds(700))),
            outcome: .notBefore(now + 700, because: .rateLimited)),
        // X's clock is an hour behind ours: what counts is how long it is until the reset.
        Case(
            status: 429, headers: ["x-rate-limit-reset": "1772356200", "date": "Sun, 01 Mar 2026 09:00:00 GMT"],
            error: .rateLimited(RateHeaders(resetsAt: now - 3000, answeredAt: now - 3600)),
            outcome: .notBefore(now + 600, because: .rateLimited)),
        Case(
            status: 429, body: problem("usage-capped"), error: .usageCapped,
            outcome: .notBefore(now + 3600, because: .usageCapped)),
        Case(
            status: 503, headers: ["Retry-After": "17"], error: .unavailable(.provider, retryAfter: .seconds(17)),
            outcome: .failed(.provider, retryAfter: .seconds(17))),
        Case(status: 500, error: .unavailable(.provider, retryAfter: nil), outcome: .failed(.provider)),
        Case(status: 408, error: .unavailable(.provider, retryAfter: nil), outcome: .failed(.provider)),
        Case(status: 400, body: problem("invalid-request"), error: .invalidRequest("status 400"), outcome: invalid),
        Case(status: 302, error: .invalidRequest("status 302"), outcome: invalid),
        Case(
            status: 204, error: .malformedAnswer("status 204 where 200 belongs"), outcome: .failed(.invalidAnswer)),
        Case(
            status: 200, body: #"{"errors":[\#(problem("resource-unavailable", "Forbidden"))]}"#,
            error: .accountSuspended,
            outcome: .refused(.accountSuspended)),
        Case(
            status: 200, body: #"{"errors":[\#(problem("resource-not-found", "Forbidden"))]}"#,
            error: .accountSuspended,
            outcome: .refused(.accountSuspended)),
        Case(
            status: 200, body: #"{"errors":[\#(problem("resource-not-found", "Not Found Error"))]}"#,
            error: .accountGone,
            outcome: .refused(.accountGone)),
        Case(
            status: 200, body: #"{"errors":[\#(problem("not-authorized-for-resource"))]}"#, error: .accountProtected,
            outcome: .refused(.accountProtected)),
        Case(
            status: 200, body: #"{"errors":[{"type":"about:blank"}]}"#,
            error: .malformedAnswer("meta.result_count is missing"), outcome: .failed(.invalidAnswer)),
    ]

    @Test(arguments: cases.indices)
    func statusAndShapeBecomeErrorAndOutcome(_ index: Int) {
        let wanted = Self.cases[index]
        let response = HTTPResponse(status: wanted.status, headers: wanted.headers, body: Array(wanted.body.utf8))
        let error = #expect(throws: TwitterError.self) { try TimelineDecoder(userID: "42").page(response) }
        #expect(error == wanted.error)
        #expect(error?.outcome(at: Self.now) == wanted.outcome)
        #expect(error.map { "\($0) \(String(reflecting: $0))".contains("canary") } == false)
    }

    @Test func theOtherOutcomes() {
        #expect(TwitterError.refreshRefused.outcome(at: Self.now) == .refused(.consentRevoked))
        #expect(TwitterError.refreshMayHaveHappened.outcome(at: Self.now) == .failedForGood(.timeout))
        #expect(TwitterError.interrupted.outcome(at: Self.now) == .failed(.network))
        #expect(TwitterError.unavailable(.timeout, retryAfter: nil).outcome(at: Self.now) == .failed(.timeout))
    }
}
