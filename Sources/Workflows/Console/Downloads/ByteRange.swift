/// What a `Range` header asks for (RFC 9110 §14). Pure.
enum ByteRange: Equatable {
    /// No range, or one that need not be heeded (several at once, another unit, nonsense): the whole is sent.
    case whole
    case part(Range<Int>)
    /// Nothing of the object lies in it.
    case unsatisfiable

    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.utf8.count <= 100, header.lowercased().hasPrefix("bytes=") else { return }
        let bounds = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return }
        switch (Self.number(bounds[0]), Self.number(bounds[1])) {
        case (.none, .some(let count)) where bounds[0].isEmpty:
            self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
        case (.some(let first), .none) where bounds[1].isEmpty:
            self = first < size ? .part(first..<size) : .unsatisfiable
        case (.some(let first), .some(let last)) where first <= last:
            self = first < size ? .part(first..<min(size, last + 1)) : .unsatisfiable
        default: return
        }
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
