/// A name that no other test uses, in this run or another: for queues, schemas, key prefixes.
///
/// `prefix`, an underscore and twelve letters or digits: valid without quotes in SQL when the prefix is.
public func uniqueName(_ prefix: String) -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return prefix + "_" + String((0..<12).map { _ in alphabet.randomElement() ?? "x" })
}
