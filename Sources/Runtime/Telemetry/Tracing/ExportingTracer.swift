public import Tracing

/// Makes spans that `SpanExporter` sends away, and carries their place in `traceparent` and `tracestate` headers.
///
/// Parent-based: whether a trace is recorded is decided where it begins and travels with it. Of the traces that begin here the share
/// `ratio` is recorded, by their id, so that every program decides the same.
public struct ExportingTracer: Tracer {
    public let queue: SpanQueue
    private let ratio: Double

    public init(queue: SpanQueue, ratio: Double = 1) {
        self.queue = queue
        self.ratio = ratio
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> RecordingSpan {
        let context = context()
        var generator = SystemRandomNumberGenerator()
        let parent = context.spanContext
        let place = parent?.child(using: &generator) ?? SpanContext(sampling: ratio, using: &generator)
        return RecordingSpan(
            operationName, at: place, of: parent?.spanID, in: context, kind: kind,
            start: instant().nanosecondsSinceEpoch, queue: place.flags.contains(.sampled) ? queue : nil)
    }

    /// Nothing to do: the exporter sends by itself.
    public func forceFlush() {}

    /// A malformed header is as good as none: a new trace begins.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
        context.spanContext = SpanContext(
            parsing: parent, tracestate: extractor.extract(key: "tracestate", from: carrier))
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let place = context.spanContext else { return }
        injector.inject(place.traceparent, forKey: "traceparent", into: &carrier)
        if let state = place.tracestate { injector.inject(state, forKey: "tracestate", into: &carrier) }
    }
}

extension InstrumentationContext {
    private enum Key: InstrumentationContextKey { typealias Value = SpanContext }

    /// The span that whatever starts here is a child of.
    var spanContext: SpanContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
