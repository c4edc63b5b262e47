/// Reads rows of `COPY … TO STDOUT (FORMAT binary)` (PostgreSQL's manual, COPY, "Binary Format"), a piece of whole rows at a time.
struct BinaryRows {
    /// The bytes are not of this form.
    struct Fault: Error, CustomStringConvertible {
        var description: String { "the database sent rows that are not in PostgreSQL's binary form" }
    }

    private static let signature = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]

    private(set) var piece: [UInt8] = []
    private(set) var offset = 0
    private var hasHeader = false

    /// - Precondition: The one before was read to its end.
    mutating func take(_ piece: [UInt8]) throws(Fault) {
        self.piece = piece
        offset = 0
        guard !hasHeader else { return }
        hasHeader = true
        guard piece.starts(with: Self.signature) else { throw Fault() }
        offset = Self.signature.count
        // Flags, of which we asked for none, and the length of an extension that no server sends yet.
        guard try word() == 0 else { throw Fault() }
        let more = try word()
        guard more >= 0, piece.count - offset >= more else { throw Fault() }
        offset += more
    }

    /// Whether there is another row in this piece: neither its end nor the trailer.
    var hasRow: Bool {
        offset < piece.count && !(piece.count - offset == 2 && piece[offset] == 0xFF && piece[offset + 1] == 0xFF)
    }

    mutating func begin(columns: Int) throws(Fault) {
        let bytes = try advance(2)
        guard Int(piece[bytes.lowerBound]) << 8 | Int(piece[bytes.lowerBound + 1]) == columns else { throw Fault() }
    }

    /// Of eight bytes.
    mutating func integer() throws(Fault) -> Int {
        let bytes = try field()
        guard bytes.count == 8 else { throw Fault() }
        return piece.withUnsafeBytes {
            Int(bigEndian: $0.loadUnaligned(fromByteOffset: bytes.lowerBound, as: Int.self))
        }
    }

    mutating func field() throws(Fault) -> Range<Int> {
        guard let bytes = try optionalField() else { throw Fault() }
        return bytes
    }

    /// Nil for null.
    mutating func optionalField() throws(Fault) -> Range<Int>? {
        let length = try word()
        return length == -1 ? nil : try advance(length)
    }

    private mutating func word() throws(Fault) -> Int {
        let bytes = try advance(4)
        return piece.withUnsafeBytes {
            Int(Int32(bigEndian: $0.loadUnaligned(fromByteOffset: bytes.lowerBound, as: Int32.self)))
        }
    }

    private mutating func advance(_ count: Int) throws(Fault) -> Range<Int> {
        guard count >= 0, piece.count - offset >= count else { throw Fault() }
        defer { offset += count }
        return offset..<offset + count
    }
}
