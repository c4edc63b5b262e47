import Testing

@testable import Telemetry

/// The recommendation's own examples and its test suite's cases.
@Suite(.timeLimit(.minutes(4)))
struct SpanContextTests {
    private static let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(arguments: [
        (good, good), ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", nil),
        ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", good),
        ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future", good),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fd", good),
        ("00-00000000000000000000000000000001-0000000000000001-03", nil),
    ])
    func accepts(header: String, forwarded: String?) {
        #expect(SpanContext(parsing: header)?.traceparent == forwarded ?? header)
    }

    @Test(arguments: [
        "", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", good + "-extra", good + "0", good + " ",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-é0af7651916cd43dd8448eb211c8031-b7ad6b7169203331-01",
    ])
    func refusesAndStartsNew(header: String) {
        #expect(SpanContext(parsing: header) == nil)
        var generator = Counting()
        let new = SpanContext(traceparent: header, tracestate: "a=1", using: &generator)
        #expect(new.tracestate == nil && new.traceparent.hasSuffix("-03") && new.traceparent.utf8.count == 55)
        #expect(SpanContext(parsing: new.traceparent) != nil)
    }

    @Test func aChildKeepsTheTrace() {
        var generator = Counting()
        let parent = SpanContext(traceparent: Self.good, tracestate: "rojo=1", using: &generator)
        let child = parent.child(using: &generator)
        #expect(child.traceID == parent.traceID && child.spanID != parent.spanID && child.tracestate == "rojo=1")
        #expect(child.flags == .sampled)
    }

    @Test(arguments: [
        ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        (" foo=1 ,\t, bar=2,", "foo=1,bar=2"), ("fw529a3039@dt=FfAf", "fw529a3039@dt=FfAf"), ("0a@b=1", "0a@b=1"),
        ("a=in ner", "a=in ner"), ("a_-*/=!~", "a_-*/=!~"),
    ])
    func traceStateIsKept(header: String, text: String) {
        #expect(TraceState(parsing: header)?.text == text)
    }

    @Test(arguments: [
        "foo", "foo=", "=1", "Foo=1", "foo=1,foo=2", "1a=1", "a@=1", "@a=1", "a@b@c=1", "a=b=c", "a=é", "a b=1",
    ])
    func badTraceStateIsDroppedAlone(header: String) {
        let context = SpanContext(parsing: Self.good, tracestate: header)
        #expect(context?.traceparent == Self.good && context?.tracestate == nil)
    }

    @Test func traceStateLimits() {
        let members = { (count: Int) in (0..<count).map { "k\($0)=1" }.joined(separator: ",") }
        #expect(TraceState(parsing: members(32))?.members.count == 32 && TraceState(parsing: members(33)) == nil)
        let long = { String(repeating: "a", count: $0) }
        #expect(TraceState(parsing: long(256) + "=" + long(256)) != nil)
        #expect(TraceState(parsing: long(257) + "=1") == nil && TraceState(parsing: "a=" + long(257)) == nil)
        #expect(TraceState(parsing: long(241) + "@" + long(14) + "=1") != nil)
        #expect(TraceState(parsing: long(242) + "@a=1") == nil && TraceState(parsing: "a@" + long(15) + "=1") == nil)
    }
}

private struct Counting: RandomNumberGenerator {
    var state: UInt64 = 0
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return state
    }
}
