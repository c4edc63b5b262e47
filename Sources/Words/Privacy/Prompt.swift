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
    }
}
