/// What is needed of S3's answers in XML: the text between two tags. Names and values that matter here are plain words, so no
/// more of XML is read; anything else is taken as not there.
struct S3Text {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The text of the first element of this name.
    func first(_ name: String) -> String? { elements(name, limit: 1).first.map { Self.unescaped($0.bytes) } }

    /// Every element of this name, which must not hold others of the same.
    func elements(_ name: String, limit: Int = .max) -> [S3Text] {
        let (opening, closing) = (Array("<\(name)>".utf8), Array("</\(name)>".utf8))
        var found: [S3Text] = []
        var position = 0
        while found.count < limit, let start = find(opening, from: position) {
            guard let end = find(closing, from: start + opening.count) else { break }
            found.append(S3Text(Array(bytes[(start + opening.count)..<end])))
            position = end + closing.count
        }
        return found
    }

    private func find(_ word: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= word.count else { return nil }
        var position = start
        while position <= bytes.count - word.count {
            if bytes[position] == word[0], bytes[position..<(position + word.count)].elementsEqual(word) {
                return position
            }
            position += 1
        }
        return nil
    }

    private static func unescaped(_ bytes: [UInt8]) -> String {
        var text = String(decoding: bytes, as: UTF8.self)
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        for (name, sign) in [("&quot;", "\""), ("&#34;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
            text.replace(name, with: sign)
        }
        return text
    }
}
