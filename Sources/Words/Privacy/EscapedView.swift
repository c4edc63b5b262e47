/// Bytes with JSON escapes undone, and where each byte came from.
struct EscapedView {
    private(set) var bytes: [UInt8]
    /// Empty as long as nothing was undone.
    private var origins: [Int] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func origin(of offset: Int) -> Int { origins.isEmpty ? offset : origins[min(offset, origins.count - 1)] }

    /// Undoes one level; false if there was none.
    mutating func unescapeOnce() -> Bool {
        guard bytes.contains(0x5C) else { return false }
        var plain: [UInt8] = []
        var places: [Int] = []
        plain.reserveCapacity(bytes.count)
        places.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let (written, used) = unescaped(at: index)
            for byte in written {
                plain.append(byte)
                places.append(origin(of: index))
            }
            index += used
        }
        (bytes, origins) = (plain, places)
        return true
    }

    private func unescaped(at index: Int) -> (written: [UInt8], used: Int) {
        guard bytes[index] == 0x5C, index + 1 < bytes.count else { return ([bytes[index]], 1) }
        switch bytes[index + 1] {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
            return ([0x0A], 2)
        case UInt8(ascii: "u"):
            guard index + 6 <= bytes.count,
                let code = UInt32(String(decoding: bytes[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
            else { return ([0x5C], 1) }
            // Half of a pair stands for some emoji: any byte of 0x80 and above will do.
            return (Unicode.Scalar(code).map { Array(String($0).utf8) } ?? [0xF0], 6)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return ([bytes[index + 1]], 2)
        default: return ([0x5C], 1)
        }
    }
}
