import Contracts
import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1)))
struct EnvelopeTests {
    private static let id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func properties(_ change: (inout MessageProperties) -> Void = { _ in }) -> MessageProperties {
        var properties = MessageProperties(
            messageID: Self.id, type: "repazoo.ingest.v1", contentType: "application/json", routingKey: "ingest")
        change(&properties)
        return properties
    }

    private func wrongPart(_ change: (inout MessageProperties) -> Void) -> InvalidMessage.Part? {
        do throws(InvalidMessage) {
            _ = try Envelope.check(properties(change), for: .ingest)
            return nil
        } catch { return error.part }
    }

    @Test func plainMessage() throws {
        let envelope = try Envelope.check(properties(), for: .ingest)
        #expect(
            envelope
                == Envelope(
                    messageID: try #require(MessageID(Self.id)), type: .ingest, correlationID: Self.id, attempt: 1,
                    routingKey: .ingest))
    }

    @Test func everythingSet() throws {
        let now = Date(timeIntervalSince1970: 1_767_236_400)
        let envelope = try Envelope.check(
            properties {
                $0.correlationID = "order-7"
                $0.appID = "backend"
                $0.timestamp = now
                $0.headers = [
                    "repazoo-attempt": .integer(3), "repazoo-deadline": .string("2026-01-01T03:00:00Z"),
                    "repazoo-history": .string("1:network"), "traceparent": .string(Self.parent),
                    "tracestate": .string("a=b"), "x-death": .other,
                ]
            }, for: .ingest)
        #expect(envelope.correlationID == "order-7" && envelope.appID == "backend" && envelope.timestamp == now)
        #expect(envelope.attempt == 3 && envelope.deadline == now && envelope.history == "1:network")
        #expect(envelope.trace == TraceContext(traceparent: Self.parent, tracestate: "a=b"))
    }

    @Test(arguments: [nil, "", "application/json", "application/json; charset=utf-8", "Application/JSON;x=y"])
    func contentTypeAccepted(type: String?) { #expect(wrongPart { $0.contentType = type } == nil) }

    @Test(arguments: ["text/plain", "application/jsonp", "application/cloudevents+json", " "])
    func contentTypeRefused(type: String) {
        #expect(wrongPart { $0.contentType = type } == .property("content_type"))
    }

    @Test func wrongPropertiesAreNamed() {
        #expect(wrongPart { $0.messageID = nil } == .property("message_id"))
        #expect(wrongPart { $0.messageID = "" } == .property("message_id"))
        #expect(wrongPart { $0.messageID = "42" } == .property("message_id"))
        #expect(wrongPart { $0.messageID = "00000000-0000-0000-0000-000000000000" } == .property("message_id"))
        #expect(wrongPart { $0.type = nil } == .property("type"))
        #expect(wrongPart { $0.type = "repazoo.analyze.v1" } == .property("type"))
        #expect(wrongPart { $0.type = "repazoo.ingest.v2" } == .property("type"))
        #expect(wrongPart { $0.contentEncoding = "gzip" } == .property("content_encoding"))
        #expect(wrongPart { $0.correlationID = "a\nb" } == .property("correlation_id"))
        #expect(wrongPart { $0.headers["repazoo-attempt"] = .integer(0) } == .header("repazoo-attempt"))
        #expect(wrongPart { $0.headers["repazoo-attempt"] = .string("1") } == .header("repazoo-attempt"))
        #expect(wrongPart { $0.headers["repazoo-attempt"] = .integer(.max) } == .header("repazoo-attempt"))
        #expect(wrongPart { $0.headers["repazoo-deadline"] = .string("soon") } == .header("repazoo-deadline"))
        #expect(wrongPart { $0.headers["repazoo-deadline"] = .integer(1) } == .header("repazoo-deadline"))
    }

    @Test func retentionTakesTicksAndErasures() throws {
        for type in [MessageType.tick, .erase] {
            #expect(try Envelope.check(properties { $0.type = type.rawValue }, for: .retention).type == type)
        }
    }

    /// W3C trace context: an invalid parent starts a new trace and never spoils the message.
    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
    ])
    func brokenTraceIsIgnored(parent: String) throws {
        let envelope = try Envelope.check(properties { $0.headers["traceparent"] = .string(parent) }, for: .ingest)
        #expect(envelope.trace == nil)
    }

    @Test func laterTraceVersionsAreRead() {
        #expect(TraceContext(traceparent: "01" + Self.parent.dropFirst(2) + "-later") != nil)
        #expect(TraceContext(traceparent: Self.parent, tracestate: "a=\u{7}")?.tracestate == nil)
        #expect(
            TraceContext(traceparent: Self.parent, tracestate: String(repeating: "a=b,", count: 33))?.tracestate == nil)
    }
}
