import Contracts
import FoundationEssentials
import Postgres
import RateLimits

/// What the overview shows, looked up at one moment.
struct Overview {
    /// A process that has not said for so long that it lives counts as gone; it says so every 15 seconds.
    static let patience: TimeInterval = 45

    private let picture: QueueWatch.Picture
    private let pulses: [String: Pulse]
    private let windows: WindowWatch.Picture
    private let circuits: [Circuit]
    private let alerts: [OpenAlert]
    private let ticks: [NextTick]
    private let now: Date

    static func look(_ desk: ConsoleDesk) async throws -> Overview {
        let now = desk.now()
        return Overview(
            picture: desk.queues.picture, pulses: try await Pulse.all(desk.postgres, since: now - patience),
            windows: desk.windows.picture,
            circuits: try await Circuit.all(desk.postgres, since: now - patience),
            alerts: try await OpenAlert.all(desk.postgres, now: now),
            ticks: try await NextTick.all(desk, now: now),
            now: now)
    }

    var model: [String: Any] {
        var model: [String: Any] = [
            "consumers": ConsumerName.allCases.map(line), "alerts": alerts, "providers": circuits,
            "windows": windows.lines.map { WindowLine($0, now: now) }, "ticks": ticks,
            "isQuiet": circuits.isEmpty && windows.lines.isEmpty,
        ]
        if let problem = windows.problem { model["windowProblem"] = problem }
        if let problem = picture.problem { model["problem"] = problem }
        return model
    }

    private func line(_ consumer: ConsumerName) -> Line {
        let (pulse, queue, dead) = (
            pulses[consumer.program], picture.queues[consumer.queue], picture.queues[consumer.deadQueue]
        )
        return Line(
            name: consumer.rawValue, alive: pulse.map { "\($0.copies) alive" } ?? "none",
            state: pulse == nil ? ((queue?.depths.last ?? 0) > 0 ? "down" : "unknown") : "up",
            inFlight: "\(pulse?.inFlight ?? 0)", rate: pulse.map { "\($0.perMinute)" } ?? "–",
            p95: pulse?.p95.map { Moment.duration($0) } ?? "–",
            depth: queue?.depths.last.map(String.init) ?? "–",
            line: queue.flatMap { Sparkline($0.depths, of: "Messages in \(consumer.queue)") },
            ages: queue.flatMap { Sparkline($0.ages, of: "Age of the oldest", in: " s") },
            oldest: pulse?.takenPublishedAt.flatMap { taken in
                (queue?.depths.last ?? 0) > 0 ? Moment.length(max(0, now.timeIntervalSince(taken))) : nil
            } ?? "–",
            dead: dead?.depths.last.map(String.init) ?? "–", hasDead: (dead?.depths.last ?? 0) > 0)
    }

    struct Line {
        let name: String
        let alive: String
        let state: String
        let inFlight: String
        let rate: String
        let p95: String
        let depth: String
        let line: Sparkline?
        let ages: Sparkline?
        let oldest: String
        let dead: String
        let hasDead: Bool
    }
}

/// How much of one limit of a provider's is taken.
struct WindowLine {
    let name: String
    /// `up`, `warning` from four fifths on, `down` when it is closed.
    let state: String
    let words: String
    /// Of 100, for the bar.
    let share: String?

    init(_ line: WindowWatch.Line, now: Date) {
        name = line.name
        let standing = line.standing
        share = standing.map { "\(min(100, max(0, Int(($0.fullness * 100).rounded()))))" }
        if let capped = line.cappedUntil {
            (state, words) = ("down", "the cap on usage is reached: opens \(Moment.distance(from: capped, to: now))")
        } else if let closed = standing?.closedFor {
            (state, words) = ("down", "closed by the provider for \(Moment.length(closed / .seconds(1)))")
        } else if let standing {
            state = standing.fullness >= RatePermit.nearLimit ? "warning" : "up"
            words = "\(standing.taken.grouped) of \(standing.allowed.grouped) \(standing.unit.rawValue)"
        } else {
            (state, words) = ("up", "nothing sent lately")
        }
    }
}

extension Int {
    /// `1,234,567`.
    var grouped: String {
        let digits = String(magnitude)
        let text = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
        }.joined()
        return self < 0 ? "-" + text : text
    }
}
