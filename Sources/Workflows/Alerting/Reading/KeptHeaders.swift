import AMQP
import Contracts
import FoundationEssentials
import Privacy

/// The part of a dead letter's properties and headers that is stored: names that we know, values made harmless.
enum KeptHeaders {
    private static let valueBytes = 255

    static func of(_ properties: AMQPProperties) -> [String: Contracts.JSONValue] {
        var kept: [String: Contracts.JSONValue] = [:]
        func keep(_ name: String, _ text: String?) {
            guard let text, !text.isEmpty else { return }
            kept[name] = .string(HarmlessText.cleaned(Redactor.redact(text), maximumBytes: valueBytes))
        }
        keep("type", properties.type)
        keep("correlation_id", properties.correlationID)
        keep("app_id", properties.appID)
        keep("content_type", properties.contentType)
        // An id that is no UUID tells an operator who published it.
        if let id = properties.messageID, MessageID(id) == nil { keep("message_id", id) }
        if let seconds = properties.timestamp, seconds < 253_402_300_800 {
            kept["timestamp"] = .string(RFC3339.text(Date(timeIntervalSince1970: Double(seconds))))
        }
        keepOurs(properties.headers, &kept)
        let deaths = BrokerDeath.list(properties.headers)
        if !deaths.isEmpty { kept["x-death"] = .array(deaths.map(\.json)) }
        return kept
    }

    private static func keepOurs(_ headers: AMQPTable, _ kept: inout [String: Contracts.JSONValue]) {
        let codes = [
            HeaderName.reason, HeaderName.origin, HeaderName.deadline, HeaderName.code, HeaderName.diedAt,
        ]
        for name in codes {
            guard let text = headers[name]?.string, !text.isEmpty else { continue }
            let redacted = Redactor.redact(String(text.prefix(1000)))
            kept[name] = .string(HarmlessText.cleaned(redacted, maximumBytes: valueBytes))
        }
        if let attempt = headers[HeaderName.attempt]?.integer { kept[HeaderName.attempt] = .integer(Int(attempt)) }
        let trail = AttemptTrail(headers[HeaderName.history]?.string).text
        if !trail.isEmpty { kept[HeaderName.history] = .string(trail) }
        guard let parent = headers[HeaderName.traceparent]?.string,
            let trace = TraceContext(traceparent: parent, tracestate: headers[HeaderName.tracestate]?.string)
        else { return }
        kept[HeaderName.traceparent] = .string(trace.traceparent)
        if let state = trace.tracestate {
            let redacted = Redactor.redact(state)
            if redacted == state { kept[HeaderName.tracestate] = .string(state) }
        }
    }
}
