public import AMQP
public import Contracts
import FoundationEssentials

extension Delivery {
    /// The delivery's properties in the words of `Contracts`.
    public var messageProperties: MessageProperties {
        MessageProperties(
            messageID: properties.messageID, type: properties.type, contentType: properties.contentType,
            contentEncoding: properties.contentEncoding, correlationID: properties.correlationID,
            appID: properties.appID,
            timestamp: properties.timestamp.map { Date(timeIntervalSince1970: Double($0)) },
            headers: properties.headers.isEmpty ? [:] : properties.headers.mapValues(\.headerValue),
            routingKey: routingKey)
    }
}

extension AMQPFieldValue {
    fileprivate var headerValue: HeaderValue {
        switch self {
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(Int(number))
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        case .timestamp(let seconds): .time(Date(timeIntervalSince1970: Double(seconds)))
        case .bytes, .array, .table, .null: .other
        }
    }
}
