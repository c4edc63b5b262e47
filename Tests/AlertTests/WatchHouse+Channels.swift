import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit

// Alerts that others raise, and what becomes of their notices.
extension WatchHouse {
    /// Another program raises an alert by an event, or says that it is over.
    func raise(_ rule: String, _ severity: String, _ subject: String, isOver: Bool = false) async throws {
        var properties = AMQPProperties()
        properties.messageID = MessageID.random().rawValue
        properties.type = MessageType.event.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        let name = isOver ? EventName.alertResolved : .alertOpened
        let event = Event(
            name, causeID: .random(), at: Date(),
            detail: ["rule": .string(rule), "severity": .string(severity), "subject": .string(subject)])
        try await house.publisher.publish(
            Publication(
                exchange: ExchangeName.events.rawValue, routingKey: name.rawValue, properties: properties,
                body: event.encode(), isMandatory: false))
    }

    /// A message that a consumer gave up.
    func bury(_ reason: String, _ code: String) async throws {
        var properties = AMQPProperties()
        properties.messageID = MessageID.random().rawValue
        properties.type = MessageType.ingest.rawValue
        properties.deliveryMode = 2
        properties.headers = ["repazoo-reason": .string(reason), "repazoo-code": .string(code)]
        try await house.publisher.publish(
            Publication(
                exchange: "repazoo.dead", routingKey: "repazoo.ingest", properties: properties,
                body: Array(#"{"user_id":"user-1"}"#.utf8)))
    }

    func delivered(_ channel: String, _ count: Int) async throws {
        try await eventually("\(channel) took all \(count)", within: .seconds(90)) {
            // A channel that failed rests for longer and longer: here the hour is over.
            try await house.postgres.query(
                "update alert_channels set next_at = least(next_at, now()) where channel = \(channel) and failures > 0")
            return try await house.number(
                "select count(*) from alert_outbox where channel = \(channel) and status = 'sent'") == count
        }
    }
}
