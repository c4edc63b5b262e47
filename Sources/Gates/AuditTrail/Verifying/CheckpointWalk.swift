import Contracts

/// Walks along the checkpoints and says what does not fit. Pure: fed with checkpoints in the order of their numbers, each followed by
/// its marks in the order of their chains.
struct CheckpointWalk {
    /// Without them signatures are not looked at.
    let keys: AuditPublicKeys?
    private(set) var faults: [AuditFault] = []
    private(set) var last: AuditCheckpoint?
    private(set) var count = 0

    init(keys: AuditPublicKeys?) { self.keys = keys }

    /// - Parameters:
    ///   - signed: Nil if the row is no checkpoint.
    ///   - digest: Of its marks; nil when they were not looked at.
    mutating func add(_ signed: SignedCheckpoint?, number: Int, _ digest: MarksDigest?) {
        count += 1
        guard let signed, signed.checkpoint.number == number else {
            return note("is not a statement under its number", number)
        }
        let checkpoint = signed.checkpoint
        if let keys, !signed.isSigned(by: keys) { note("is signed by no key that is known here", number) }
        if number != (last?.number ?? 0) + 1 {
            note("the one before it is missing", number)
        } else if checkpoint.previous != last?.hash {
            note("does not continue the one before it", number)
        }
        if let digest, digest.count != checkpoint.changed || digest.text() != checkpoint.marks {
            note("the heads that it covers are not those that are stored", number)
        }
        last = checkpoint
    }

    /// Heads that are said to be covered by a checkpoint that is not there.
    mutating func addStray(_ mark: AuditMark) {
        if faults.last?.position != mark.checkpoint {
            note("is missing; the heads that it covered are there", mark.checkpoint)
        }
    }

    /// A copy that was kept elsewhere.
    ///
    /// - Parameter stored: The checkpoint of its number in the database.
    mutating func compare(_ copy: SignedCheckpoint, with stored: SignedCheckpoint?) {
        let number = copy.checkpoint.number
        if let keys, !copy.isSigned(by: keys) {
            note("the copy is signed by no key that is known here", number)
        } else if let stored {
            if stored.checkpoint != copy.checkpoint {
                note("is another than the copy: the past was written anew", number)
            }
        } else {
            note(
                "is not there any more, though the copy proves that it was: what came before it may be cut off too",
                number)
        }
    }

    private mutating func note(_ problem: String, _ number: Int) {
        faults.append(AuditFault(kind: .checkpoint(problem), chain: nil, user: nil, position: number))
    }
}
