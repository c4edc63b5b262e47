import FoundationEssentials
import Synchronization

/// Which models of the lists the provider does not know. Safe from any thread; each process learns for itself.
final class ModelCatalogue: Sendable {
    /// After so long a model is asked for again: it may have come, or the provider was mistaken.
    private static let memory: Duration = .seconds(600)

    private let unknown = Mutex<[String: ContinuousClock.Instant]>([:])

    /// The models of a list that are not known to be missing, in order; all of it, if every one is.
    func candidates(of list: [String]) -> [String] {
        let missing = unknown.withLock { unknown in
            unknown = unknown.filter { $0.value > .now }
            return Set(unknown.keys)
        }
        let present = list.filter { !missing.contains($0) }
        return present.isEmpty ? list : present
    }

    /// True when that is news.
    func isMissing(_ model: String) -> Bool {
        unknown.withLock { $0.updateValue(.now + Self.memory, forKey: model) == nil }
    }
}
