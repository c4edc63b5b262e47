/// Enough of a name to recognise it by, and not enough to learn it.
enum Masked {
    /// `a***`
    static func name(_ text: String) -> String { text.first.map { Plain.line(String($0)) + "***" } ?? "" }

    /// `a***@e***`
    static func address(_ text: String) -> String {
        text.split(separator: "@", omittingEmptySubsequences: false).map { name(String($0)) }.joined(separator: "@")
    }
}
