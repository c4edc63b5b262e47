import Contracts

/// Walks along one chain and says what does not fit. Pure: fed with entries and marks in the order of their positions, then with the
/// chain's end.
struct ChainWalk {
    /// Entries with a wrong hash that are remembered, to see whether they only changed places.
    private static let mostSuspects = 64

    let chain: Int
    private(set) var faults: [AuditFault] = []
    private(set) var entries = 0
    /// Of the last entry that there is.
    private(set) var position = 0
    private var hash = HashText.none
    private var user: UserID?
    private var suspects: [(entry: EntryRow, bytes: [UInt8])] = []
    private var forgotten: (first: Int, last: Int)?
    private var isBroken = false
    private var lacking: (first: Int, last: Int, checkpoint: Int)?
    private(set) var lastMark = 0

    init(chain: Int) { self.chain = chain }

    /// - Parameters:
    ///   - bytes: Of the entry.
    ///   - room: For making hashes in.
    mutating func add(_ entry: EntryRow, _ bytes: UnsafeRawBufferPointer, _ mark: AuditMark?, _ room: inout [UInt8]) {
        entries += 1
        if user == nil { user = entry.userID(bytes).flatMap { UserID($0) } }
        if entry.position > position + 1 {
            note(.removed(through: entry.position - 1), at: position + 1)
            isBroken = true
        }
        check(entry, bytes, &room)
        hash = entry.hash(bytes)
        if let mark {
            if HashText(mark.hash) != hash { note(.notAsMarked(checkpoint: mark.checkpoint), at: entry.position) }
            lastMark = mark.position
        }
        if !entry.hasContent { forgotten = (forgotten?.first ?? entry.position, entry.position) }
        position = entry.position
    }

    /// A checkpoint saw an entry where there is none.
    mutating func miss(_ mark: AuditMark) {
        lacking = (lacking?.first ?? mark.position, mark.position, mark.checkpoint)
        lastMark = mark.position
    }

    /// - Parameters:
    ///   - head: What the database says of the last entry; nil if it says nothing.
    ///   - forgottenThrough: Up to where an erasure removed the content; 0 = nowhere.
    mutating func end(head: (position: Int, hash: String)?, forgottenThrough: Int) {
        settleSuspects()
        if let forgotten, forgotten.last > forgottenThrough {
            note(.contentGone, at: max(forgotten.first, forgottenThrough + 1))
        }
        if let lacking, lacking.last > position {
            note(.cutOff(through: lacking.last, checkpoint: lacking.checkpoint), at: position + 1)
        } else if let head, head.position > position {
            note(.cutOff(through: head.position, checkpoint: nil), at: position + 1)
        } else if entries > 0, head.map({ $0.position != position || HashText($0.hash) != hash }) ?? true {
            note(.headDiffers, at: position)
        }
    }

    private mutating func check(_ entry: EntryRow, _ bytes: UnsafeRawBufferPointer, _ room: inout [UInt8]) {
        let isTrue = entry.hasRightHash(at: entry.position, bytes, &room)
        if !isTrue {
            if suspects.count < Self.mostSuspects {
                suspects.append((entry, Array(bytes)))
            } else {
                note(.changed, at: entry.position)
            }
        } else if !entry.hasRightCommitment(bytes, &room) {
            note(.changed, at: entry.position)
        }
        // Behind a gap, or beside an entry that is wrong itself, the link says nothing new.
        if isTrue, !isBroken, entry.previousHash(bytes) != hash { note(.unlinked, at: entry.position) }
        isBroken = !isTrue
    }

    private mutating func settleSuspects() {
        var room: [UInt8] = []
        for (suspect, bytes) in suspects {
            let origin = suspects.first { other in
                suspect.position != other.entry.position
                    && bytes.withUnsafeBytes { suspect.hasRightHash(at: other.entry.position, $0, &room) }
            }
            note(origin.map { .reordered(from: $0.entry.position) } ?? .changed, at: suspect.position)
        }
    }

    private mutating func note(_ kind: AuditFault.Kind, at position: Int) {
        faults.append(AuditFault(kind: kind, chain: chain, user: user, position: position))
    }
}
