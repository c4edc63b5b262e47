import Synchronization
public import Tracing

/// A span from its start to its end; the queue then takes what it held. Thread-safe; what comes after the end is dropped.
public final class RecordingSpan: Tracing.Span {
    private struct State {
        var name: String
        var attributes = SpanAttributes()
        var isError = false
        var links: [SpanContext] = []
        var isEnded = false
    }

    /// Holds this span's place in the trace: whatever starts in it is a child of this span.
    public let context: InstrumentationContext
    private let place: SpanContext
    private let parentID: UInt64?
    private let kind: SpanKind
    private let start: UInt64
    private let state: Mutex<State>
    /// Nil for a span that is not sampled: it only passes its place on.
    private let queue: SpanQueue?

    init(
        _ name: String, at place: SpanContext, of parentID: UInt64?, in context: InstrumentationContext, kind: SpanKind,
        start: UInt64, queue: SpanQueue?
    ) {
        var context = context
        context.spanContext = place
        self.context = context
        self.place = place
        self.parentID = parentID
        self.kind = kind
        self.start = start
        self.queue = queue
        state = Mutex(State(name: name))
    }

    public var isRecording: Bool { queue != nil && state.withLock { !$0.isEnded } }

    public var operationName: String {
        get { state.withLock { $0.name } }
        set { change { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { change { $0.attributes = newValue } }
    }

    /// Only whether it is an error: a message may quote anything.
    public func setStatus(_ status: SpanStatus) { change { $0.isError = status.code == .error } }

    /// Nothing: what is worth telling of a message stands in the log.
    public func addEvent(_ event: SpanEvent) {}

    /// The error's type. Its text may quote what somebody sent.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        change {
            $0.isError = true
            $0.attributes["error.type"] = "\(type(of: error))"
        }
    }

    public func addLink(_ link: SpanLink) {
        guard let place = link.context.spanContext else { return }
        change { if $0.links.count < 8 { $0.links.append(place) } }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard let queue else { return }
        let end = instant().nanosecondsSinceEpoch
        let finished = state.withLock { state -> FinishedSpan? in
            guard !state.isEnded else { return nil }
            state.isEnded = true
            return FinishedSpan(
                place: place, parentID: parentID, name: state.name, kind: kind, start: start, end: max(start, end),
                attributes: state.attributes, links: state.links, isError: state.isError)
        }
        if let finished { queue.add(finished) }
    }

    private func change(_ body: (inout State) -> Void) {
        guard queue != nil else { return }
        state.withLock { if !$0.isEnded { body(&$0) } }
    }
}

/// What is exported of a span. Times are nanoseconds of Unix time.
struct FinishedSpan: Sendable {
    let place: SpanContext
    let parentID: UInt64?
    let name: String
    let kind: SpanKind
    let start: UInt64
    let end: UInt64
    let attributes: SpanAttributes
    let links: [SpanContext]
    let isError: Bool
}
