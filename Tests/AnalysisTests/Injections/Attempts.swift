import FoundationEssentials
import Privacy

/// Tweets that want to be orders: `Tests/Data/injections.jsonl`, each with its language and what it is after.
struct InjectionAttempt: Sendable {
    let language: String
    /// `label`: other tweets' labels; `leak`: our words to the model; `shape`: the answer's.
    let effect: String
    let text: String

    static func all() throws -> [InjectionAttempt] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appending(path: "Data/injections.jsonl")
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { line in
            let json = try JSONValue(parsing: Array(line))
            return InjectionAttempt(
                language: json["lang"]?.string ?? "", effect: json["effect"]?.string ?? "",
                text: json["text"]?.string ?? "")
        }
    }
}
