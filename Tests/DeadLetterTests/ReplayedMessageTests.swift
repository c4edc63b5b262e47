import AMQP
import Contracts
import Foundation
import Testing

@testable import Alerting

@Suite(.timeLimit(.minutes(1)))
struct ReplayedMessageTests {
    private static let body = #"{"user_id":"user-123456"}"#

    private func replay(
        queue: String = "repazoo.ingest", id: String? = Letters.id, body: String? = body,
        headers: String = #"{"type":"repazoo.ingest.v1"}"#, isWhole: Bool = true
    ) throws(ReplayedMessage.Obstacle) -> ReplayedMessage {
        try ReplayedMessage(
            queue: queue, messageID: id, body: body, headers: headers, isWhole: isWhole, at: Letters.now)
    }

    @Test func whatDescribesTheDeathStaysBehind() throws {
        var properties = Letters.properties([
            "repazoo-attempt": 10, "repazoo-deadline": "2026-11-24T00:00:00Z", "repazoo-reason": "attempts_exhausted",
            "repazoo-code": "network", "repazoo-died-at": "2026-11-23T10:00:00Z", "repazoo-origin": "repazoo.ingest",
            "repazoo-history": "2026-11-23T10:00:00Z network", "x-death": .array([Letters.death("q", "expired")]),
            "x-first-death-queue": "q", "x-delivery-count": 3,
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "vendor=1",
        ])
        properties.correlationID = "order-77"
        properties.appID = "backend"
        properties.timestamp = 1_700_000_000
        let letter = DeadLetter(properties, body: Array(Self.body.utf8), diedIn: .ingest, receivedAt: Letters.now)
        let sent = try replay(headers: Contracts.JSONValue.object(letter.headers).text).publication
        #expect(
            sent.properties.headers == [
                "repazoo-history": "2026-11-23T10:00:00Z network, 2027-01-15T08:00:00Z replayed",
                "repazoo-origin": "repazoo.ingest.dead", "tracestate": "vendor=1",
                "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ])
        #expect(sent.properties.messageID == Letters.id)
        #expect(sent.properties.type == "repazoo.ingest.v1")
        #expect(sent.properties.correlationID == "order-77")
        #expect(sent.properties.appID == "backend")
        #expect(sent.properties.timestamp == 1_700_000_000)
        #expect(sent.properties.deliveryMode == 2)
        #expect(sent.routingKey == String(repeating: "0.", count: 17) + "repazoo.ingest")
        #expect(sent.exchange == "repazoo.delay.deliver")
    }

    @Test func aRowThatSomebodyElseWroteIsCheckedAgain() {
        #expect(throws: Never.self) { try replay(queue: "repazoo.ingest.dead") }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(queue: "amq.rabbitmq.reply-to") }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(queue: "") }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(id: nil) }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(id: "1") }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(body: nil) }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(body: "{}") }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(headers: "{}") }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(headers: "[1") }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(headers: #"{"type":"repazoo.erase.v1"}"#) }
        #expect(throws: ReplayedMessage.Obstacle.self) { try replay(isWhole: false) }
    }
}
