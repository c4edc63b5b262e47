import Crypto

/// What is sent to a model: trusted words of ours and sanitized data, and no way to put anything else in.
///
/// ```
/// <instructions>
/// <tweets>
/// {"n":1,"text":"…"}
/// {"n":2,"text":"…"}
/// </tweets>
/// ```
/// `<`, `>` and `&` inside a text travel as `\u003c`, `\u003e`, `\u0026`, so that no text can close the block.
public struct Prompt: Sendable {
    /// The user message.
    public let text: String
    /// How many texts it carries; they are numbered from 1.
    public let count: Int
    /// What was done to the texts, to be kept with what the model makes of them.
    public let receipt: SanitizationReceipt

    /// The instructions are static, so that nothing from outside can become one.
    public init(instructions: StaticString, data: SanitizedTexts) {
        var text = "\(instructions)\n<tweets>\n"
        for (index, item) in data.texts.enumerated() {
            text += "{\"n\":\(index + 1),\"text\":"
            JSONText.append(item.text, to: &text, escapingMarkup: true)
            text += "}\n"
        }
        self.text = text + "</tweets>"
        count = data.texts.count
        receipt = SanitizationReceipt(of: self.text, replaced: data.replaced)
    }
}

/// Proof of what was sent: which detector looked, what it took out, and the hash of what was left. Holds nothing personal.
public struct SanitizationReceipt: Sendable, Hashable, Codable {
    /// Changes whenever the detector finds other things than before.
    public static let detectorVersion = 7

    public let detector: Int
    /// Kind (`user`, `email`, …) to how often it was replaced.
    public let replaced: [String: Int]
    /// SHA-256 of the prompt's text in UTF-8, 64 small hexadecimal digits.
    public let sha256: String

    init(of text: String, replaced: [PersonalKind: Int]) {
        detector = Self.detectorVersion
        self.replaced = Dictionary(uniqueKeysWithValues: replaced.map { ($0.key.rawValue, $0.value) })
        var hash = SHA256()
        var text = text
        text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        let hex = Array("0123456789abcdef".utf8)
        sha256 = String(
            decoding: hash.finalize().flatMap { [hex[Int($0 >> 4)], hex[Int($0 & 0xF)]] }, as: UTF8.self)
    }
}
