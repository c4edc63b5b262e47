/// Model names go into paths and into logs.
enum ModelName {
    static func isValid(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name.utf8.allSatisfy { isWord($0) || "._:".utf8.contains($0) }
            && name.utf8.contains { isWord($0) }
    }

    static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "-")
    }
}
