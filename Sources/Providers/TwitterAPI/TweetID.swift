/// X's ids are numbers in text (`^[0-9]{1,19}$`), larger than JSON's numbers are safe for.
enum TweetID {
    static func isValid(_ text: String) -> Bool {
        (1...19).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// 19 digits fit.
    static func number(_ text: String) -> UInt64? { isValid(text) ? UInt64(text) : nil }
}
