import Privacy
import Tracing

/// A request of OTLP/HTTP in JSON (opentelemetry-proto 1.x, `ExportTraceServiceRequest`): ids in hexadecimal, 64-bit numbers as text.
///
/// Texts pass the redactor and are bounded: attributes are for machines, and nothing personal is to travel in them.
struct OTLPRequest {
    private static let longestText = 256

    /// Of `service.name`, `service.version` and the like, in order.
    let resource: [(name: String, value: String)]
    let version: String

    func body(_ spans: [FinishedSpan]) -> String {
        let scope: JSONValue = .object([.init("name", .string("repazoo")), .init("version", .string(version))])
        let scoped: JSONValue = .object([
            .init("scope", scope), .init("spans", .array(spans.map(Self.span))),
        ])
        let attributes = resource.map { Self.attribute($0.name, .object([.init("stringValue", .string($0.value))])) }
        return JSONValue.object([
            .init(
                "resourceSpans",
                .array([
                    .object([
                        .init("resource", .object([.init("attributes", .array(attributes))])),
                        .init("scopeSpans", .array([scoped])),
                    ])
                ]))
        ]).serialized()
    }

    private static func span(_ span: FinishedSpan) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("traceId", .string(span.place.traceID)), .init("spanId", .string(span.place.spanIDText)),
        ]
        if let state = span.place.tracestate { members.append(.init("traceState", .string(state))) }
        if let parent = span.parentID { members.append(.init("parentSpanId", .string(SpanContext.text(parent, 16)))) }
        members += [
            .init("name", .string(harmless(span.name, "name"))), .init("kind", .integer(number(span.kind))),
            .init("startTimeUnixNano", .string(String(span.start))),
            .init("endTimeUnixNano", .string(String(span.end))),
            .init("attributes", .array(attributes(span.attributes))),
        ]
        if !span.links.isEmpty {
            members.append(
                .init(
                    "links",
                    .array(
                        span.links.map {
                            .object([
                                .init("traceId", .string($0.traceID)), .init("spanId", .string($0.spanIDText)),
                            ])
                        })))
        }
        // 2 is an error; without it nobody has said how it went.
        if span.isError { members.append(.init("status", .object([.init("code", .integer(2))]))) }
        return .object(members)
    }

    private static func attributes(_ attributes: SpanAttributes) -> [JSONValue] {
        var found: [(String, JSONValue)] = []
        attributes.forEach { name, value in
            if let value = self.value(value, name) { found.append((name, value)) }
        }
        return found.sorted { $0.0 < $1.0 }.map { attribute($0.0, $0.1) }
    }

    private static func attribute(_ name: String, _ value: JSONValue) -> JSONValue {
        .object([.init("key", .string(name)), .init("value", value)])
    }

    /// Nil for kinds that we do not send.
    private static func value(_ attribute: SpanAttribute, _ name: String) -> JSONValue? {
        switch attribute {
        case .int32(let number): .object([.init("intValue", .string(String(number)))])
        case .int64(let number): .object([.init("intValue", .string(String(number)))])
        case .bool(let flag): .object([.init("boolValue", .bool(flag))])
        case .string(let text): .object([.init("stringValue", .string(harmless(text, name)))])
        case .stringConvertible(let text): .object([.init("stringValue", .string(harmless("\(text)", name)))])
        default: nil
        }
    }

    private static func harmless(_ text: String, _ name: String) -> String {
        Redactor.redact(String(text.prefix(longestText)), name: name)
    }

    private static func number(_ kind: SpanKind) -> Int64 {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
