import Crypto
import FoundationEssentials
import Postgres

/// An entry as it lies in the database, in PostgreSQL's binary form, and the hashes that it should have. How they are made is told
/// in migration 0010.
///
/// Nothing is copied: the row says where in its bytes each part lies, and hashes are made from there. Millions of entries are read,
/// and hardly one of them is ever looked at for itself.
struct EntryRow: Sendable {
    /// In the order that `init` reads them in.
    static let columns = """
        chain, position, at, id, actor, user_id, action, outcome, detail, salt, commitment, prev_hash, hash
        """

    /// Where it lies in what it was read from.
    let place: Range<Int>
    let chain: Int
    let position: Int
    /// Since 1970.
    let microseconds: Int
    /// Each counted from the row's beginning.
    private let id, actor, action, outcome, detail, commitment, previous, own: Range<Int>
    private let user, salt: Range<Int>?

    /// PostgreSQL counts from the year 2000.
    private static let epoch = 946_684_800_000_000

    /// - Parameter bytes: Of the row alone.
    func hasRightCommitment(_ bytes: UnsafeRawBufferPointer, _ room: inout [UInt8]) -> Bool {
        guard let salt else { return true }
        room.removeAll(keepingCapacity: true)
        room.append(contentsOf: bytes[salt])
        room.append(field: user.map { bytes[$0] })
        room.append(contentsOf: bytes[detail])
        let digest = Self.digest(of: room)
        return commitment.count == SHA256.byteCount && digest.elementsEqual(bytes[commitment])
    }

    /// - Parameter position: Where it stood when it was written.
    func hasRightHash(at position: Int, _ bytes: UnsafeRawBufferPointer, _ room: inout [UInt8]) -> Bool {
        room.removeAll(keepingCapacity: true)
        room.append(contentsOf: "15:repazoo.audit.2".utf8)
        room.append(field: bytes[previous])
        room.append(field: chain)
        room.append(field: position)
        room.append(field: bytes[id])
        room.append(field: microseconds)
        for part in [actor, action, outcome] { room.append(field: bytes[part]) }
        room.append(contentsOf: bytes[commitment])
        return Hex.matches(bytes[own], Self.digest(of: room))
    }

    func previousHash(_ bytes: UnsafeRawBufferPointer) -> HashText { HashText(bytes[previous]) }
    func hash(_ bytes: UnsafeRawBufferPointer) -> HashText { HashText(bytes[own]) }
    func userID(_ bytes: UnsafeRawBufferPointer) -> String? { user.map { String(decoding: bytes[$0], as: UTF8.self) } }
    /// Gone once the content is forgotten.
    var hasContent: Bool { salt != nil }

    private static func digest(of bytes: [UInt8]) -> SHA256Digest {
        var hasher = SHA256()
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return hasher.finalize()
    }
}

extension EntryRow {
    /// Reads one row of `columns`.
    init(_ reader: inout BinaryRows) throws(BinaryRows.Fault) {
        let start = reader.offset
        try reader.begin(columns: 13)
        chain = try reader.integer()
        position = try reader.integer()
        microseconds = try reader.integer() &+ Self.epoch
        func shifted(_ range: Range<Int>) -> Range<Int> { range.lowerBound - start..<range.upperBound - start }
        id = shifted(try reader.field())
        actor = shifted(try reader.field())
        user = try reader.optionalField().map(shifted)
        action = shifted(try reader.field())
        outcome = shifted(try reader.field())
        // A jsonb goes as its text behind a version of one byte.
        let json = try reader.field()
        guard !json.isEmpty else { throw BinaryRows.Fault() }
        detail = shifted(json.lowerBound + 1..<json.upperBound)
        salt = try reader.optionalField().map(shifted)
        commitment = shifted(try reader.field())
        previous = shifted(try reader.field())
        own = shifted(try reader.field())
        place = start..<reader.offset
    }
}

extension [UInt8] {
    /// Its length in bytes, a colon, and it; `-` for null.
    fileprivate mutating func append(field value: Slice<UnsafeRawBufferPointer>?) {
        guard let value else { return append(UInt8(ascii: "-")) }
        append(decimal: value.count)
        append(UInt8(ascii: ":"))
        append(contentsOf: value)
    }

    fileprivate mutating func append(field number: Int) {
        var (rest, digits) = (number.magnitude, number < 0 ? 2 : 1)
        while rest > 9 { (rest, digits) = (rest / 10, digits + 1) }
        append(decimal: digits)
        append(UInt8(ascii: ":"))
        append(decimal: number)
    }

    private mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}
