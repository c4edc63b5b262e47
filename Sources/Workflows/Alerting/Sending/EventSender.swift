import AMQP
import Alerts
import Contracts
import FoundationEssentials
import Notifiers

/// The channel `events`: tells the broker's listeners of alerts that this program, the command line or a transaction of another
/// program has changed. The event's id is derived from the alert, so that a repeated one is recognised.
actor EventSender {
    /// Any UUID that is always the same.
    private static let root = MessageID("3b9f2c52-7d0e-4c39-9b58-0d0c6a7f4f11") ?? .random()

    private let publisher: AMQPPublisher
    private var isStarted = false

    init(_ broker: AMQPConfiguration) {
        var configuration = broker
        configuration.connectionName = "\(ConsumerName.alert.program) events"
        publisher = AMQPPublisher(configuration)
    }

    func send(_ item: Outbox.Item) async -> SendOutcome {
        let cause = item.alertID.flatMap { MessageID($0) } ?? .derived(from: Self.root, name: "raised \(item.id)")
        guard let event = Self.event(item, cause) else { return .nothingToTell }
        var properties = AMQPProperties()
        properties.messageID =
            MessageID.derived(from: cause, name: "\(event.event) \(item.kind) \(Self.place(item.notice))").rawValue
        properties.type = MessageType.event.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.timestamp = UInt64(max(0, event.at.timeIntervalSince1970))
        properties.correlationID = cause.rawValue
        properties.appID = ConsumerName.alert.program
        do {
            if !isStarted {
                try await publisher.start(patience: .seconds(5))
                isStarted = true
            }
            let exchange = ExchangeName.events
            try await publisher.publish(
                Publication(
                    exchange: exchange.rawValue, routingKey: RoutingKey.event(event.event).rawValue,
                    properties: properties,
                    body: event.encode(), isMandatory: exchange.isMandatory), patience: .seconds(10))
            return .delivered
        } catch let error as AMQPError where error.kind == .invalidMessage {
            return .refused(problem: "invalid_message")
        } catch { return .later(nil, problem: "connection_lost") }
    }

    func close() async { await publisher.close() }

    private static func event(_ item: Outbox.Item, _ cause: MessageID) -> Event? {
        if item.kind == "raised" {
            return Event(.alertOpened, causeID: cause, at: item.createdAt, detail: item.notice)
        }
        return AlertNotice(json: item.notice)?.event(cause: cause, at: item.createdAt)
    }

    private static func place(_ notice: [String: JSONValue]) -> String {
        [notice["episode"], notice["number"]].map { $0?.text ?? "-" }.joined(separator: " ")
    }
}
