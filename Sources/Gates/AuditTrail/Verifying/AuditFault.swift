public import Contracts

/// What is wrong with the audit trail, and where.
public struct AuditFault: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// Not what was written there.
        case changed
        /// Written at another place of the chain.
        case reordered(from: Int)
        /// Does not continue the entry before it, which was written anew or stood elsewhere.
        case unlinked
        /// Entries from here to `through` are gone; later ones are there.
        case removed(through: Int)
        /// Entries from here to `through` are gone, and they were the last. `checkpoint` = one that says so.
        case cutOff(through: Int, checkpoint: Int?)
        /// Another entry than this checkpoint saw here.
        case notAsMarked(checkpoint: Int)
        /// The chain's head tells of another last entry.
        case headDiffers
        /// Without content, and no erasure says why.
        case contentGone
        /// A checkpoint (the position is its number) with a wrong signature, text, predecessor or sum.
        case checkpoint(String)
    }

    public let kind: Kind
    /// Nil for faults of checkpoints.
    public let chain: Int?
    /// Whose chain; nil for nobody's, and for a user who was forgotten.
    public let user: UserID?
    /// Of the entry in its chain, from 1; for a checkpoint its number.
    public let position: Int

    /// For scripts.
    public var word: String {
        switch kind {
        case .changed: "changed"
        case .reordered: "reordered"
        case .unlinked: "unlinked"
        case .removed: "removed"
        case .cutOff: "cut_off"
        case .notAsMarked: "not_as_marked"
        case .headDiffers: "head_differs"
        case .contentGone: "content_gone"
        case .checkpoint: "checkpoint"
        }
    }

    public var words: String {
        switch kind {
        case .changed: "\(place): is not as it was written"
        case .reordered(let from): "\(place): was written as entry \(from)"
        case .unlinked: "\(place): does not follow the entry that stands before it"
        case .removed(let through): "\(place)\(upTo(through)): removed from the middle"
        case .cutOff(let through, let checkpoint):
            "\(place)\(upTo(through)): cut off the end"
                + (checkpoint.map { "; checkpoint \($0) saw it" } ?? "; the chain's head tells of it")
        case .notAsMarked(let checkpoint): "\(place): another entry stood here at checkpoint \(checkpoint)"
        case .headDiffers: "\(place): the chain's head tells of another last entry"
        case .contentGone: "\(place): its content is gone, and no erasure explains it"
        case .checkpoint(let problem): "checkpoint \(position): \(problem)"
        }
    }

    private var place: String {
        let whose = user.map { "user \($0)" } ?? "nobody in particular, or forgotten"
        return "chain \(chain ?? 0) (\(whose)), entry \(position)"
    }

    private func upTo(_ through: Int) -> String { through > position ? " to \(through)" : "" }
}
