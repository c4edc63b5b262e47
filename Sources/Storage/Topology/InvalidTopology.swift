/// A definitions file that cannot be meant.
public struct InvalidTopology: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    /// Names the place in the file, as `queues[3].durable`.
    init(_ error: DecodingError) {
        let (context, problem): (DecodingError.Context, String) =
            switch error {
            case .keyNotFound(let key, let context): (context, "\"\(key.stringValue)\" is missing")
            case .typeMismatch(_, let context): (context, "a value of another type is expected")
            case .valueNotFound(_, let context): (context, "null is not allowed")
            case .dataCorrupted(let context):
                (context, context.codingPath.isEmpty ? "not JSON" : context.debugDescription)
            @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "cannot be read")
            }
        let place = context.codingPath.reduce(into: "") { place, key in
            if let index = key.intValue {
                place += "[\(index)]"
            } else {
                place += place.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        description = "the definitions\(place.isEmpty ? "" : " at \(place)"): \(problem)"
    }
}
