/// Takes the rows out of a binary COPY of one column (PostgreSQL's manual, COPY, "Binary Format"). Pieces hold whole rows.
struct CopyRows {
    struct Malformed: Error, CustomStringConvertible {
        let description = "the database's COPY is not what it should be"
    }

    private static let signature = Array("PGCOPY\n\u{FF}\r\n\0".unicodeScalars.map { UInt8($0.value) })
    private var hasHead = false
    private var isOver = false

    mutating func read(_ piece: [UInt8], _ row: (Slice<UnsafeBufferPointer<UInt8>>) -> Void) throws(Malformed) {
        let isGood = piece.withUnsafeBufferPointer { read($0, row) }
        guard isGood else { throw Malformed() }
    }

    /// To be asked at the end: a COPY that broke off is not one that is over.
    func checkEnd() throws(Malformed) { guard isOver else { throw Malformed() } }

    private mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ row: (Slice<UnsafeBufferPointer<UInt8>>) -> Void
    ) -> Bool {
        var place = 0
        if !hasHead {
            guard bytes.count >= 19, bytes.starts(with: Self.signature), Self.number(bytes, 15, 4) == 0 else {
                return false
            }
            hasHead = true
            place = 19
        }
        while place < bytes.count {
            guard !isOver, place + 2 <= bytes.count else { return false }
            let columns = Self.number(bytes, place, 2)
            place += 2
            if columns == 0xFFFF {
                isOver = true
                continue
            }
            guard columns == 1, place + 4 <= bytes.count else { return false }
            let length = Self.number(bytes, place, 4)
            place += 4
            guard length < 1 << 30, place + length <= bytes.count else { return false }
            row(bytes[place..<(place + length)])
            place += length
        }
        return true
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
    }
}
