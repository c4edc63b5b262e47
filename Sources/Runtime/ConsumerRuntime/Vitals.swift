import CircuitBreakers
public import FoundationEssentials
import Synchronization

/// What a consumer says of itself in its heartbeat. Thread-safe.
public final class Vitals: Sendable {
    private let running = Atomic<Int>(0)
    /// Microseconds since 1970; 0 = none yet.
    private let published = Atomic<Int64>(0)
    private let paces = Mutex(Pace())
    private let circuits = Mutex<[CircuitBreaker]>([])

    public init() {}

    /// Messages in hand.
    public var inFlight: Int { running.load(ordering: .relaxed) }

    /// When the message was published that was taken last of those that came straight: how far the consumer is with its queue.
    public var takenPublishedAt: Date? {
        let value = published.load(ordering: .relaxed)
        return value == 0 ? nil : Date(timeIntervalSince1970: Double(value) / 1_000_000)
    }

    /// How many messages were settled since this was asked last, and how long nearly all of them took.
    public func takePace() -> Pace {
        paces.withLock { pace in
            defer { pace = Pace() }
            return pace
        }
    }

    /// How each circuit stands: `closed`, `probing` or `open`.
    public var standings: [String: String] {
        circuits.withLock { $0 }.reduce(into: [:]) { standings, circuit in
            switch circuit.position {
            case .closed: standings[circuit.name] = "closed"
            case .probing: standings[circuit.name] = "probing"
            case .open: standings[circuit.name] = "open"
            }
        }
    }

    func watch(_ breakers: [CircuitBreaker]) { circuits.withLock { $0 = breakers } }

    func begin() { running.add(1, ordering: .relaxed) }

    func end(after duration: Duration) {
        running.subtract(1, ordering: .relaxed)
        paces.withLock { $0.add(duration) }
    }

    func took(publishedAt time: Date) {
        let seconds = time.timeIntervalSince1970
        guard seconds > 0, seconds < 253_402_300_800 else { return }
        published.store(Int64(seconds * 1_000_000), ordering: .relaxed)
    }
}

/// Messages of a while and how long they took, in powers of two: a quantile is right within a factor of two, whatever their number.
public struct Pace: Sendable {
    public private(set) var messages = 0
    /// Number `n` counts what took less than 2^n microseconds, and not less than half of that.
    private var counts = [Int](repeating: 0, count: 48)

    public init() {}

    public mutating func add(_ duration: Duration) {
        let microseconds = UInt64(max(0, duration / .microseconds(1)))
        counts[min(counts.count - 1, UInt64.bitWidth - microseconds.leadingZeroBitCount)] += 1
        messages += 1
    }

    /// What 95 of 100 did not exceed, in seconds; nil when there was none.
    public var p95: Double? {
        guard messages > 0 else { return nil }
        var left = (messages * 95 + 99) / 100
        for (exponent, count) in counts.enumerated() {
            left -= count
            if left <= 0 { return Double(UInt64(1) << UInt64(exponent)) / 1_000_000 }
        }
        return nil
    }
}
