public import AMQP
public import Tracing

/// Where a message carries its trace: in the headers `traceparent` and `tracestate`, written and read by whatever tracer there is.
public enum TraceHeaders {
    /// What a message carries that is published within the span of this context.
    public static func within(_ context: InstrumentationContext, _ tracer: any Tracer) -> AMQPTable {
        var headers: AMQPTable = [:]
        tracer.inject(context, into: &headers, using: Writer())
        return headers
    }

    /// The span that a message's headers name; without one a new trace begins.
    public static func parent(in headers: AMQPTable, _ tracer: any Tracer) -> InstrumentationContext {
        var context = InstrumentationContext.topLevel
        tracer.extract(headers, into: &context, using: Reader())
        return context
    }

    private struct Reader: Extractor {
        func extract(key: String, from carrier: AMQPTable) -> String? { carrier[key]?.string }
    }

    private struct Writer: Injector {
        func inject(_ value: String, forKey key: String, into carrier: inout AMQPTable) {
            carrier[key] = .string(value)
        }
    }
}
