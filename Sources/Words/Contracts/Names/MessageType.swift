/// The AMQP `type` property: what the body is and in which version.
public struct MessageType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let ingest = MessageType(rawValue: "repazoo.ingest.v1")
    public static let analyze = MessageType(rawValue: "repazoo.analyze.v1")
    public static let export = MessageType(rawValue: "repazoo.export.v1")
    public static let erase = MessageType(rawValue: "repazoo.erase.v1")
    public static let tick = MessageType(rawValue: "repazoo.tick.v1")
    public static let event = MessageType(rawValue: "repazoo.event.v1")

    public static let all: [MessageType] = [.ingest, .analyze, .export, .erase, .tick, .event]

    public var description: String { rawValue }
}
