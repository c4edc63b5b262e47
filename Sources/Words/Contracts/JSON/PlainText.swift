enum PlainText {
    static func isAcceptable(_ text: String, maximumBytes: Int) -> Bool {
        guard (1...maximumBytes).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            || text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
