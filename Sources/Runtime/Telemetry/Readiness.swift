public import FoundationEssentials
public import Logging
import Privacy
import Synchronization

/// Which of the servers that a program needs can be reached: what `/readyz` tells, and one log line at each end of an outage.
///
/// Safe from any thread. Reasons are redacted before they are kept.
public final class Readiness: Sendable {
    public struct Dependency: Sendable, Hashable {
        public let name: String
        public let state: DependencyState
        public let since: Date
    }

    private let trackers = Mutex<[String: OutageTracker]>([:])
    private let logger: Logger
    private let now: @Sendable () -> Date

    public init(logger: Logger, now: @escaping @Sendable () -> Date = { Date() }) {
        self.logger = logger
        self.now = now
    }

    /// From here on the program is not ready until this dependency is reported up. Registering twice changes nothing.
    public func register(_ name: String) {
        let now = now()
        trackers.withLock { trackers in
            if trackers[name] == nil { trackers[name] = OutageTracker(since: now) }
        }
    }

    /// Registers the dependency if nobody did.
    public func report(_ name: String, _ state: DependencyState) {
        let now = now()
        var state = state
        if case .down(let reason) = state { state = .down(Redactor.redact(reason)) }
        let action = trackers.withLock { $0[name, default: OutageTracker(since: now)].report(state, at: now) }
        switch action {
        case .none: break
        case .began(let reason):
            logger.warning("dependency lost", metadata: ["dependency": "\(name)", "reason": "\(reason)"])
        case .ended(let length):
            let milliseconds = length.components.seconds * 1000 + length.components.attoseconds / 1_000_000_000_000_000
            logger.notice("dependency back", metadata: ["dependency": "\(name)", "outage_ms": "\(milliseconds)"])
        }
    }

    /// Every dependency, by name.
    public func snapshot() -> [Dependency] {
        trackers.withLock { trackers in
            trackers.map { Dependency(name: $0.key, state: $0.value.state, since: $0.value.since) }
        }.sorted { $0.name < $1.name }
    }

    /// Whether every registered dependency is up.
    public var isReady: Bool { snapshot().allSatisfy { $0.state == .up } }
}
