import Contracts
import Crypto
public import FoundationEssentials

/// How far every chain of the audit trail had got at a moment: a line for each fact, in this order, each ended by a line feed.
///
/// ```
/// repazoo audit checkpoint 1
/// number: 2                          from 1, without gaps
/// at: 2026-11-24T20:00:00Z
/// previous: …                        SHA-256 of the statement before; - for the first
/// through: 751                       the database's count of transactions up to which nothing can be missing
/// chains: 3                          all that are covered
/// entries: 8                         all that are covered
/// changed: 1                         chains whose head is another than at the checkpoint before
/// marks: …                           SHA-256 of those heads, see `MarksDigest`
/// ```
///
/// Each names the one before by its hash, so that the newest vouches for all. A copy of any kept elsewhere proves that nothing
/// before it was changed or cut off since, by whoever it may be (compare https://c2sp.org/tlog-checkpoint).
public struct AuditCheckpoint: Equatable, Sendable {
    public var number: Int
    public var at: Date
    public var previous: String?
    public var through: Int
    public var chains: Int
    public var entries: Int
    public var changed: Int
    public var marks: String

    private static let title = "repazoo audit checkpoint 1"

    var statement: String {
        """
        \(Self.title)
        number: \(number)
        at: \(RFC3339.text(at))
        previous: \(previous ?? "-")
        through: \(through)
        chains: \(chains)
        entries: \(entries)
        changed: \(changed)
        marks: \(marks)

        """
    }

    /// By which the next one names it.
    var hash: String { Hex.text(SHA256.hash(data: Array(statement.utf8))) }

    init(
        number: Int, at: Date, previous: String?, through: Int, chains: Int, entries: Int, changed: Int, marks: String
    ) {
        self.number = number
        self.at = at
        self.previous = previous
        self.through = through
        self.chains = chains
        self.entries = entries
        self.changed = changed
        self.marks = marks
    }

    /// Nil for anything but a statement to the letter.
    init?(statement: String) {
        let lines = statement.split(separator: "\n", omittingEmptySubsequences: false)
        let names = ["number", "at", "previous", "through", "chains", "entries", "changed", "marks"]
        guard lines.count == names.count + 2, lines[0] == Self.title else { return nil }
        var values: [String] = []
        for (line, name) in zip(lines.dropFirst(), names) {
            guard line.hasPrefix(name + ": ") else { return nil }
            values.append(String(line.dropFirst(name.count + 2)))
        }
        guard let number = Int(values[0]), let at = RFC3339.date(values[1]), let through = Int(values[3]),
            let chains = Int(values[4]), let entries = Int(values[5]), let changed = Int(values[6])
        else { return nil }
        self.init(
            number: number, at: at, previous: values[2] == "-" ? nil : values[2], through: through, chains: chains,
            entries: entries, changed: changed, marks: values[7])
        guard self.statement == statement else { return nil }
    }
}

/// A checkpoint with its signature, as the database holds it and as a file kept elsewhere does.
public struct SignedCheckpoint: Equatable, Sendable {
    public let checkpoint: AuditCheckpoint
    let signature: [UInt8]
    public let keyID: String

    init(_ checkpoint: AuditCheckpoint, by keys: AuditKeys) {
        self.checkpoint = checkpoint
        signature = keys.signature(of: Array(checkpoint.statement.utf8))
        keyID = keys.keyID
    }

    init?(statement: String, signature: String, keyID: String) {
        guard let checkpoint = AuditCheckpoint(statement: statement), let bytes = Data(base64Encoded: signature)
        else { return nil }
        self.checkpoint = checkpoint
        self.signature = Array(bytes)
        self.keyID = keyID
    }

    /// Reads `text`; nil for anything else.
    public init?(text: String) {
        let mark = "\nsignature: "
        guard let place = text.firstRange(of: mark), text.utf8.count < 4096 else { return nil }
        let parts = text[place.upperBound...].split(whereSeparator: \.isWhitespace)
        guard parts.count == 2 else { return nil }
        self.init(
            statement: String(text[..<place.lowerBound]) + "\n", signature: String(parts[1]), keyID: String(parts[0]))
    }

    var signatureText: String { Data(signature).base64EncodedString() }

    /// The statement, and a last line `signature: KEY BASE64`: what is kept elsewhere.
    public var text: String { checkpoint.statement + "signature: \(keyID) \(signatureText)\n" }

    func isSigned(by keys: AuditPublicKeys) -> Bool {
        keys.isValid(signature, of: Array(checkpoint.statement.utf8), by: keyID)
    }
}

/// The heads of changed chains as one hash: SHA-256 over chain and position (8 bytes each, most significant first) and the hash's 64
/// digits, in the order of the chains.
struct MarksDigest {
    private var hasher = SHA256()
    private(set) var count = 0

    mutating func add(_ mark: AuditMark) {
        var bytes: [UInt8] = []
        for number in [mark.chain, mark.position] {
            bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        hasher.update(data: bytes + Array(mark.hash.utf8))
        count += 1
    }

    func text() -> String { Hex.text(hasher.finalize()) }
}
