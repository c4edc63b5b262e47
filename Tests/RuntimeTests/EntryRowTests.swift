import Testing

@testable import AuditTrail

/// Rows of the audit trail in PostgreSQL's binary form, as verification reads them.
struct EntryRowTests {
    private static let header = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [0, 0, 0, 0, 0, 0, 0, 0]
    private static let trailer: [UInt8] = [0xFF, 0xFF]

    private static func word(_ number: Int) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
    private static func field(_ bytes: [UInt8]?) -> [UInt8] { bytes.map { word($0.count) + $0 } ?? word(-1) }
    private static func integer(_ number: Int) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// Entry 2 of chain 7, at the first second of 2000.
    private static func row(salt: [UInt8]? = Array(repeating: 5, count: 16)) -> [UInt8] {
        let texts = { (text: String) in field(Array(text.utf8)) }
        return [0, 13] + field(integer(7)) + field(integer(2)) + field(integer(0)) + texts("id") + texts("repazoo")
            + field(salt.map { _ in Array("user-1".utf8) }) + texts("test") + texts("done") + texts("\u{1}{}")
            + field(salt) + field(Array(repeating: 9, count: 32)) + texts(String(repeating: "a", count: 64))
            + texts(String(repeating: "b", count: 64))
    }

    private func read(_ piece: [UInt8]) throws -> [EntryRow] {
        var rows = BinaryRows()
        try rows.take(piece)
        var found: [EntryRow] = []
        while rows.hasRow { found.append(try EntryRow(&rows)) }
        return found
    }

    @Test func aRowIsReadAndToldFromATamperedOne() throws {
        let piece = Self.header + Self.row() + Self.row(salt: nil) + Self.trailer
        let rows = try read(piece)
        #expect(rows.map(\.chain) == [7, 7] && rows.map(\.position) == [2, 2])
        #expect(rows.map(\.microseconds) == [946_684_800_000_000, 946_684_800_000_000])
        #expect(rows.map(\.hasContent) == [true, false])
        var room: [UInt8] = []
        piece.withUnsafeBytes { bytes in
            let own = UnsafeRawBufferPointer(rebasing: bytes[rows[0].place])
            #expect(rows[0].userID(own) == "user-1")
            #expect(rows[0].hash(own) == HashText(String(repeating: "b", count: 64)))
            #expect(rows[0].previousHash(own) != rows[0].hash(own))
            #expect(!rows[0].hasRightHash(at: 2, own, &room) && !rows[0].hasRightCommitment(own, &room))
        }
        #expect(HashText("") == .none && HashText("ab") != .none)
    }

    /// Whatever comes, it is read or refused.
    @Test func noBytesLeadAstray() throws {
        let good = Self.header + Self.row() + Self.row(salt: nil) + Self.trailer
        for end in 0..<good.count - 2 where end > 0 { _ = try? read(Array(good[..<end])) }
        #expect(throws: BinaryRows.Fault.self) { try read(Array(good[..<(Self.header.count + 40)])) }
        #expect(throws: BinaryRows.Fault.self) { try read(Array("no copy at all".utf8)) }
        for index in good.indices {
            for byte: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
                var bad = good
                bad[index] = byte
                _ = try? read(bad)
            }
        }
    }
}
