import Privacy

enum AnswerJSON {
    static func object(_ body: [UInt8]) throws(TwitterError) -> JSONValue {
        do {
            let value = try JSONValue(parsing: body, maximumBytes: 4 << 20, maximumDepth: 32)
            guard value.members != nil else { throw TwitterError.malformedAnswer("it is no JSON object") }
            return value
        } catch let error as JSONError {
            // JSONError names the place, never the content.
            throw .malformedAnswer(error.description)
        } catch {
            throw .malformedAnswer("it is no JSON object")
        }
    }
}
