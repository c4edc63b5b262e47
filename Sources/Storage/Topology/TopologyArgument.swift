public import AMQP

/// A value in the `arguments` of a definition: what RabbitMQ's own arguments need, and no more.
public enum TopologyArgument: Hashable, Sendable {
    case string(String)
    case integer(Int64)
    case boolean(Bool)

    public var field: AMQPFieldValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        case .boolean(let value): .boolean(value)
        }
    }
}

extension TopologyArgument: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let flag = try? value.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? value.decode(Int64.self) {
            self = .integer(number)
        } else {
            throw DecodingError.dataCorruptedError(
                in: value, debugDescription: "neither text, whole number nor truth value")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .boolean(let value): try container.encode(value)
        }
    }
}

extension [String: TopologyArgument] {
    var table: AMQPTable { mapValues(\.field) }
}
