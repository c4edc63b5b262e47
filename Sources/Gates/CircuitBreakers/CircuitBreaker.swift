public import FoundationEssentials
import Synchronization

/// The circuit between this process and one provider. Every call to the provider goes through `call`.
///
/// Safe from any task. Each process has its own: what one learns is not shared, so a probe is one per process.
public final class CircuitBreaker: Sendable {
    public typealias Observer = @Sendable (Circuit.Position) -> Void

    private struct State {
        var circuit: Circuit
        var observers: [Observer] = []
    }

    /// The provider's, in a word: `twitter`.
    public let name: String
    private let state: Mutex<State>

    public init(name: String, policy: Circuit.Policy = Circuit.Policy()) {
        self.name = name
        state = Mutex(State(circuit: Circuit(policy)))
    }

    /// Hears of each change of position, on whatever thread it happens. Must not block.
    public func onChange(_ observer: @escaping Observer) { state.withLock { $0.observers.append(observer) } }

    public var position: Circuit.Position { state.withLock { $0.circuit.position } }

    /// Runs `body` if the circuit lets it through, and learns from how it ends.
    ///
    /// - Parameter verdict: What an error says of the provider. A refusal for reasons of the user or the request speaks for
    ///   its health.
    /// - Throws: `CircuitOpen`, or what `body` throws.
    public func call<Value: Sendable>(
        verdict: @Sendable (any Error) -> Circuit.Verdict, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let permit = change { $0.permit(now: .now) }
        if case .refused(let until) = permit { throw CircuitOpen(name: name, until: until) }
        do {
            let value = try await body()
            record(.healthy, permit)
            return value
        } catch {
            record(verdict(error), permit)
            throw error
        }
    }

    private func record(_ verdict: Circuit.Verdict, _ permit: Circuit.Permit) {
        change { $0.record(verdict, of: permit, now: .now, jitter: .random(in: 0...1)) }
    }

    /// Changes the circuit and tells whoever wants to know; when it opened, sees to it that the pause ends.
    @discardableResult
    private func change<Result>(_ body: (inout Circuit) -> Result) -> Result {
        let (result, position, observers) = state.withLock { state in
            let before = state.circuit.position
            let result = body(&state.circuit)
            let after = state.circuit.position
            return (result, after, before == after ? [] : state.observers)
        }
        guard !observers.isEmpty else { return result }
        for observer in observers { observer(position) }
        if case .open(let until) = position {
            Task {
                try? await Task.sleep(until: until, clock: .continuous)
                change { $0.pauseEnded(now: .now) }
            }
        }
        return result
    }
}

/// The call was not made: the provider is left alone until then.
public struct CircuitOpen: Error, CustomStringConvertible {
    public let name: String
    public let until: Date

    init(name: String, until: Circuit.Instant) {
        self.name = name
        let rest = (until - .now) / .milliseconds(1)
        self.until = Date(timeIntervalSinceNow: max(0, rest) / 1000)
    }

    public var description: String { "the circuit of \(name) is open" }
}
