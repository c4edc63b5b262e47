import FoundationEssentials
import Synchronization

/// Which models of the lists the provider does not know. Safe from any thread; each process learns for itself.
final class ModelCatalogue: Sendable {
    private struct State {
        var unknown: [String: ContinuousClock.Instant] = [:]
        var untold: Set<String> = []
    }

    /// After so long a model is asked for again: it may have come, or the provider was mistaken.
    private static let memory: Duration = .seconds(600)

    private let state = Mutex(State())

    /// The models of a list that are not known to be missing, in order; all of it, if every one is.
    func candidates(of list: [String]) -> [String] {
        let missing = state.withLock { state in
            state.unknown = state.unknown.filter { $0.value > .now }
            return Set(state.unknown.keys)
        }
        let present = list.filter { !missing.contains($0) }
        return present.isEmpty ? list : present
    }

    /// The provider does not know it. False when that is no news.
    @discardableResult
    func isMissing(_ model: String) -> Bool {
        state.withLock { state in
            guard state.unknown.updateValue(.now + Self.memory, forKey: model) == nil else { return false }
            state.untold.insert(model)
            return true
        }
    }

    /// What is to be told of, once: it is kept through attempts that come to nothing, until somebody can tell.
    func takeUntold() -> [String] {
        state.withLock { state in
            defer { state.untold = [] }
            return state.untold.sorted()
        }
    }
}
