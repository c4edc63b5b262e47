/// Turns the rows of a COPY into the elements of a JSON array, one on a line, and counts them.
struct RecordFrame {
    private var rows = CopyRows()
    private(set) var count = 0
    /// For a document inside a page: `<` as an escape, so that no text can end the script element that holds it.
    let isInPage: Bool

    init(isInPage: Bool) { self.isInPage = isInPage }

    mutating func elements(of piece: [UInt8]) throws(CopyRows.Malformed) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(piece.count + piece.count / 8 + 64)
        var count = count
        try rows.read(piece) { row in
            if count > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\n"))
            if isInPage { Self.escape(row, into: &bytes) } else { bytes.append(contentsOf: row) }
            count += 1
        }
        self.count = count
        return bytes
    }

    func finish() throws(CopyRows.Malformed) { try rows.checkEnd() }

    static func escape(_ text: some Sequence<UInt8>, into bytes: inout [UInt8]) {
        for byte in text {
            if byte == UInt8(ascii: "<") { bytes.append(contentsOf: Self.sign) } else { bytes.append(byte) }
        }
    }

    private static let sign = Array("\\u003c".utf8)
}
