/// What a verification found.
public struct AuditReport: Sendable {
    /// Faults that are told one by one; the others are counted.
    public static let mostFaults = 1000

    public internal(set) var entries = 0
    public private(set) var chains = 0
    /// The first ones.
    public private(set) var faults: [AuditFault] = []
    public private(set) var faultCount = 0
    public internal(set) var checkpoints = 0
    public internal(set) var lastCheckpoint: AuditCheckpoint?
    /// Entries that no checkpoint covers yet: if the last of them were cut off together with the chain's head, nothing would tell.
    public private(set) var uncovered = 0
    /// False when no key was given to check them by.
    public let signaturesAreChecked: Bool

    public var isSound: Bool { faultCount == 0 }

    init(signaturesAreChecked: Bool) { self.signaturesAreChecked = signaturesAreChecked }

    mutating func add(_ found: [AuditFault]) {
        faultCount += found.count
        faults += found.prefix(Self.mostFaults - faults.count)
    }

    mutating func add(_ walk: ChainWalk) {
        if walk.entries > 0 { chains += 1 }
        uncovered += max(0, walk.position - walk.lastMark)
        add(walk.faults)
    }
}
