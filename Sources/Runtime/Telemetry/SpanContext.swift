/// One span's place in a trace (W3C Trace Context, recommendation of 2021, with level 2's random flag).
///
/// `spanID` names the span of the sender when parsed and our own after `child`.
public struct SpanContext: Sendable, Hashable {
    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let sampled = Flags(rawValue: 0x01)
        public static let random = Flags(rawValue: 0x02)
    }

    public let traceIDHigh: UInt64
    public let traceIDLow: UInt64
    public let spanID: UInt64
    public let flags: Flags
    /// Other vendors' members as they came, in order; empty if there were none or one was malformed.
    public let traceState: TraceState

    /// A new trace.
    public init(using generator: inout some RandomNumberGenerator) {
        self.init(
            high: Self.nonZero(&generator), low: Self.nonZero(&generator), span: Self.nonZero(&generator),
            flags: [.sampled, .random], traceState: TraceState())
    }

    /// A new trace, of which the share `ratio` is sampled. The id decides, so that whoever sees it decides the same.
    public init(sampling ratio: Double, using generator: inout some RandomNumberGenerator) {
        let (high, low) = (Self.nonZero(&generator), Self.nonZero(&generator))
        // The lowest 56 bits are random by the recommendation's level 2.
        let isSampled = Double(low & 0x00FF_FFFF_FFFF_FFFF) < ratio * 0x1p56
        self.init(
            high: high, low: low, span: Self.nonZero(&generator), flags: isSampled ? [.sampled, .random] : .random,
            traceState: TraceState())
    }

    /// The context of these headers; a new trace if `traceparent` is missing or malformed, `tracestate` then being ignored.
    public init(
        traceparent: String?, tracestate: String? = nil, using generator: inout some RandomNumberGenerator
    ) {
        if let traceparent, let parsed = SpanContext(parsing: traceparent, tracestate: tracestate) {
            self = parsed
        } else {
            self.init(using: &generator)
        }
    }

    /// Nil for a `traceparent` that the recommendation calls invalid. A later version is read as far as this one goes.
    public init?(parsing traceparent: String, tracestate: String? = nil) {
        let bytes = Array(traceparent.utf8)
        guard bytes.count >= 55, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D,
            let version = Self.hex(bytes[0..<2]), version != 0xFF,
            bytes.count == 55 || (version > 0 && bytes[55] == 0x2D),
            let high = Self.hex(bytes[3..<19]), let low = Self.hex(bytes[19..<35]), high | low != 0,
            let span = Self.hex(bytes[36..<52]), span != 0, let flags = Self.hex(bytes[53..<55])
        else { return nil }
        self.init(
            high: high, low: low, span: span, flags: Flags(rawValue: UInt8(flags)).intersection([.sampled, .random]),
            traceState: tracestate.flatMap(TraceState.init(parsing:)) ?? TraceState())
    }

    private init(high: UInt64, low: UInt64, span: UInt64, flags: Flags, traceState: TraceState) {
        traceIDHigh = high
        traceIDLow = low
        spanID = span
        self.flags = flags
        self.traceState = traceState
    }

    /// A new span in the same trace.
    public func child(using generator: inout some RandomNumberGenerator) -> SpanContext {
        SpanContext(
            high: traceIDHigh, low: traceIDLow, span: Self.nonZero(&generator), flags: flags, traceState: traceState)
    }

    public var traceID: String { Self.text(traceIDHigh, 16) + Self.text(traceIDLow, 16) }

    var spanIDText: String { Self.text(spanID, 16) }

    /// The header's value, always in version 00.
    public var traceparent: String { "00-\(traceID)-\(spanIDText)-\(Self.text(UInt64(flags.rawValue), 2))" }

    /// The header's value; nil if there is nothing to send.
    public var tracestate: String? { traceState.members.isEmpty ? nil : traceState.text }

    private static func nonZero(_ generator: inout some RandomNumberGenerator) -> UInt64 {
        UInt64.random(in: 1...UInt64.max, using: &generator)
    }

    /// Lower case only, as the recommendation says.
    private static func hex(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }

    static func text(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}
