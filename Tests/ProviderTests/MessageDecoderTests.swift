import Contracts
import FoundationEssentials
import HTTPTransport
import Testing

@testable import AnthropicAPI

@Suite(.timeLimit(.minutes(1)))
struct MessageDecoderTests {
    static let good = """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5-20260101","new":{},
         "content":[{"type":"thinking","thinking":"canary"},{"type":"text","text":"Hello "},{"type":"text","text":"you"}],
         "stop_reason":"end_turn","stop_sequence":null,
         "usage":{"input_tokens":10,"cache_creation_input_tokens":20,"cache_read_input_tokens":null,"output_tokens":5,"x":1}}
        """
    static let usage = TokenUsage(uncachedInput: 10, cacheCreation: 20, cacheRead: 0, output: 5)
    static let now = Date(timeIntervalSince1970: 1_772_359_200)

    func decode(
        _ body: String, status: Int = 200, headers: HTTPHeaders = [:]
    ) throws(AnthropicError) -> MessageAnswer {
        try MessageDecoder.finished(
            try MessageDecoder.message(
                HTTPResponse(status: status, headers: headers, body: Array(body.utf8)), model: "claude-x"))
    }

    @Test func readsAnAnswer() throws {
        let answer = try decode(Self.good, headers: ["Request-Id": "req_011"])
        #expect(answer.text == "Hello you")
        #expect(answer.model == "claude-sonnet-5-20260101")
        #expect(answer.stopReason == .endTurn)
        #expect(answer.usage == Self.usage)
        #expect(answer.usage.input == 30 && answer.usage.total == 35)
        #expect(answer.requestID == "req_011")
        #expect(!"\(answer)".contains("Hello"))
    }

    @Test(arguments: [
        ("refusal", AnthropicError.refused(usage)), ("max_tokens", .truncated(usage)),
        ("model_context_window_exceeded", .contextWindowExceeded(usage)),
        ("tool_use", .malformedAnswer("it stopped for a tool that was not offered")),
        ("pause_turn", .malformedAnswer("it stopped for a tool that was not offered")),
        ("tired", .malformedAnswer("unknown stop_reason tired")),
        ("Canary text", .malformedAnswer("unknown stop_reason ?")),
    ])
    func stopReasons(_ reason: String, _ error: AnthropicError) {
        #expect(throws: error) { try decode(Self.good.replacing("end_turn", with: reason)) }
    }

    @Test func aRefusalMayHaveNoContent() {
        let body =
            #"{"type":"message","model":"m","content":[],"stop_reason":"refusal","usage":{"input_tokens":1,"output_tokens":0}}"#
        #expect(throws: AnthropicError.refused(TokenUsage(uncachedInput: 1, output: 0))) { try decode(body) }
    }

    @Test(arguments: [
        "", "{", "[]", "<html>", good.replacing("\"message\"", with: "\"error\""),
        good.replacing("\"end_turn\"", with: "null"),
        good.replacing("\"usage\"", with: "\"use\""), good.replacing(":10,", with: ":-10,"),
        good.replacing(":10,", with: ":9999999999999,"), good.replacing("\"output_tokens\"", with: "\"o\""),
        good.replacing("\"Hello \"", with: "7"), good.replacing("\"content\"", with: "\"c\""),
        good.replacing("\"model\"", with: "\"m\""), good.replacing("claude-sonnet", with: "claude sonnet"), good + "x",
    ])
    func refusesBadAnswers(_ body: String) {
        let error = #expect(throws: AnthropicError.self) { try decode(body) }
        guard case .malformedAnswer = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(error?.outcome(at: Self.now) == .failed(.invalidAnswer))
    }

    struct Case: Sendable {
        let status: Int
        var body = #"{"type":"error","error":{"type":"some_error","message":"canary-text"}}"#
        var headers: HTTPHeaders = [:]
        let error: AnthropicError
        let outcome: Outcome
    }

    /// A time on the provider's clock, which says what it shows now.
    static func dated(_ time: String) -> HTTPHeaders {
        ["date": "Fri, 06 Nov 2026 08:49:37 GMT", "retry-after": time]
    }

    static let rejected = Outcome.failed(.providerRejected, retryAfter: .seconds(300))
    static let cases: [Case] = [
        Case(status: 400, error: .invalidRequest("status 400"), outcome: .failedForGood(.providerRejected)),
        Case(
            status: 400, headers: ["x-should-retry": "true"], error: .unavailable(.provider, retryAfter: nil),
            outcome: .failed(.provider)),
        Case(status: 401, error: .unauthorized, outcome: rejected),
        Case(status: 402, error: .unauthorized, outcome: rejected),
        Case(status: 403, error: .unauthorized, outcome: rejected),
        Case(
            status: 404, body: #"{"error":{"type":"not_found_error"}}"#, error: .notFound(model: "claude-x"),
            outcome: rejected),
        Case(
            status: 404, body: "<html>",
            error: .invalidRequest("404 without Anthropic's reason: check ANTHROPIC_API_URL"),
            outcome: .failedForGood(.providerRejected)),
        Case(
            status: 408, headers: ["retry-after-ms": "1500", "retry-after": "9"],
            error: .unavailable(.provider, retryAfter: .milliseconds(1500)),
            outcome: .failed(.provider, retryAfter: .milliseconds(1500))),
        Case(status: 409, error: .unavailable(.provider, retryAfter: nil), outcome: .failed(.provider)),
        Case(status: 413, body: "", error: .requestTooLarge, outcome: .failedForGood(.providerRejected)),
        Case(status: 422, error: .invalidRequest("status 422"), outcome: .failedForGood(.providerRejected)),
        Case(
            status: 429, headers: ["retry-after": "12"], error: .rateLimited(retryAfter: .seconds(12)),
            outcome: .notBefore(now + 12, because: .rateLimited)),
        Case(
            status: 429, headers: ["retry-after": "-1"], error: .rateLimited(retryAfter: nil),
            outcome: .notBefore(now + 60, because: .rateLimited)),
        Case(
            status: 429, headers: ["retry-after": "1e300"], error: .rateLimited(retryAfter: .seconds(3600)),
            outcome: .notBefore(now + 3600, because: .rateLimited)),
        Case(
            status: 429, headers: ["retry-after": "nan", "retry-after-ms": "inf"], error: .rateLimited(retryAfter: nil),
            outcome: .notBefore(now + 60, because: .rateLimited)),
        Case(
            status: 429, headers: dated("Fri, 06 Nov 2026 08:51:37 GMT"),
            error: .rateLimited(retryAfter: .seconds(120)), outcome: .notBefore(now + 120, because: .rateLimited)),
        Case(
            status: 429, headers: dated("Fri, 06 Nov 2026 08:49:36 GMT"), error: .rateLimited(retryAfter: nil),
            outcome: .notBefore(now + 60, because: .rateLimited)),
        Case(
            status: 429, headers: ["retry-after": "Fri, 06 Nov 2026 08:51:37 GMT"],
            error: .rateLimited(retryAfter: nil), outcome: .notBefore(now + 60, because: .rateLimited)),
        Case(status: 500, error: .unavailable(.provider, retryAfter: nil), outcome: .failed(.provider)),
        Case(
            status: 500, headers: ["x-should-retry": "false"], error: .invalidRequest("status 500, not to be retried"),
            outcome: .failedForGood(.providerRejected)),
        Case(
            status: 529, headers: ["retry-after": "90"], error: .overloaded(retryAfter: .seconds(90)),
            outcome: .notBefore(now + 90, because: .providerOverloaded)),
        Case(
            status: 529, error: .overloaded(retryAfter: nil),
            outcome: .notBefore(now + 30, because: .providerOverloaded)),
        Case(
            status: 202, error: .malformedAnswer("status 202 where 200 belongs"), outcome: .failed(.invalidAnswer)),
    ]

    @Test(arguments: cases.indices)
    func statusBecomesErrorAndOutcome(_ index: Int) {
        let wanted = Self.cases[index]
        let error = #expect(throws: AnthropicError.self) {
            try decode(wanted.body, status: wanted.status, headers: wanted.headers)
        }
        #expect(error == wanted.error)
        #expect(error?.outcome(at: Self.now) == wanted.outcome)
        #expect(error.map { "\($0) \(String(reflecting: $0))".contains("canary") } == false)
    }

    @Test func theOtherOutcomes() {
        #expect(AnthropicError.promptNotClean(.email).outcome(at: Self.now) == .failedForGood(.privacyCheck))
        #expect(AnthropicError.refused(Self.usage).outcome(at: Self.now) == .refused(.modelRefused))
        #expect(AnthropicError.truncated(Self.usage).outcome(at: Self.now) == .failed(.invalidAnswer))
        #expect(AnthropicError.interrupted.outcome(at: Self.now) == .failed(.network))
    }

    @Test func mutationsNeverGiveWhatIsOutOfRange() {
        var random = SeededGenerator(state: 13)
        var read = 0
        for _ in 0..<2000 {
            let response = HTTPResponse(status: 200, body: Mutation.of(Array(Self.good.utf8), &random))
            guard let answer = try? MessageDecoder.message(response, model: "m") else { continue }
            read += 1
            let usage = answer.usage
            #expect([usage.uncachedInput, usage.cacheCreation, usage.cacheRead, usage.output].allSatisfy { $0 >= 0 })
        }
        #expect(read > 50)
    }
}
