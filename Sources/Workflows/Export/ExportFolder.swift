import Contracts

/// Where the objects of exports lie: `exports/<export id>/<attempt>/`. An attempt has a folder of its own, so that one that was
/// overtaken cannot write into the other's objects.
enum ExportFolder {
    static let all = "exports/"

    static func prefix(_ export: MessageID) -> String { "\(all)\(export.rawValue)/" }
    static func prefix(_ export: MessageID, attempt: Int) -> String { "\(prefix(export))\(attempt)/" }

    /// Export and attempt of an object; nil for what is none of ours.
    static func owner(of key: String) -> (export: MessageID, attempt: Int)? {
        guard key.hasPrefix(all) else { return nil }
        let words = key.dropFirst(all.count).split(separator: "/")
        guard words.count == 3, let export = MessageID(String(words[0])), let attempt = Int(words[1]) else {
            return nil
        }
        return (export, attempt)
    }
}
