import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

extension House.Plan {
    /// The sandbox, and no consumer yet.
    static var empty: House.Plan {
        var plan = House.Plan()
        plan.consumers = []
        return plan
    }
}

extension String {
    var padded: String { padding(toLength: 10, withPad: " ", startingAt: 0) }
}

extension House {
    /// What the database holds of one user and one message.
    struct State: Equatable, CustomStringConvertible {
        var tweets: Int
        var analyses: Int
        /// Charged to the user's quota.
        var used: Int
        var receipts: Int
        var audit: Int

        var description: String {
            "\(tweets) tweets, \(analyses) analyses, \(used) charged, \(receipts) receipts, \(audit) audit entries"
        }
    }

    func state(of id: MessageID, _ user: String) async throws -> State {
        State(
            tweets: try await number("select count(*) from twitter_data where user_id = \(user)"),
            analyses: try await number("select count(*) from analyses where user_id = \(user)"),
            used: try await number("select coalesce(sum(used), 0) from usage where user_id = \(user)"),
            receipts: try await number("select count(*) from receipts where message_id = \(id.rawValue)"),
            audit: try await number("select count(*) from audit_log where user_id = \(user)"))
    }

    /// Starts a consumer that dies at `step`, does what leads there, and waits for its death and until the broker has noticed it: before
    /// that, what it held is in nobody's hands and in no queue.
    func dies(_ consumer: String, at step: String, _ cause: () async throws -> Void) async throws {
        let queue = "repazoo." + (consumer == "quota" ? "analyze" : consumer)
        let others = try await consumers(of: queue)
        let doomed = try start("consumer-drill", ["run", consumer, "--die-at", step])
        try await cause()
        #expect(try await doomed.ended() == SIGKILL, "\(consumer) dies at \(step)")
        try await eventually("the broker has noticed") { try await self.consumers(of: queue) == others }
    }

    /// Starts a program that takes up what a death left behind, and stops it as soon as it has announced the end once more: it is to
    /// acknowledge what is in its hands before it goes.
    func isTakenUp(by name: String, announcingTo events: String) async throws {
        let told = try await messages(in: events)
        let next = try start(name)
        try await eventually("\(name) announces it") { try await self.messages(in: events) > told }
        #expect(try await next.stop() == 0)
    }

    private func consumers(of queue: String) async throws -> Int {
        let connection = try await AMQPConnection.open(broker)
        let state = try await connection.inspectQueue(queue)
        await connection.close()
        return state.consumers
    }

    /// A queue that hears every event of `key`; returns its name.
    func listen(to key: String = "#") async throws -> String {
        let connection = try await AMQPConnection.open(broker)
        _ = try await connection.declareQueue("test.events", arguments: ["x-queue-type": "quorum"])
        try await connection.bindQueue("test.events", to: "repazoo.events", key: key)
        await connection.close()
        return "test.events"
    }

    /// How many messages of a queue carry this id; all messages are taken out, and none may carry another.
    func copies(of id: MessageID, in queue: String) async throws -> Int {
        let letters = try await drain(queue)
        let others = letters.filter { $0.properties.messageID != id.rawValue }
        #expect(
            others.isEmpty,
            "besides \(id) in \(queue): \(others.map { "\($0.properties.messageID ?? "") \($0.properties.headers)" })")
        return letters.count
    }

    /// Nothing waits, and nothing is in a consumer's hands: acknowledgements have arrived.
    func isWorkedOff(_ consumer: ConsumerName) async throws {
        try await eventually("\(consumer.queue) is worked off") {
            try await self.messages(in: consumer.queue.rawValue) == 0
        }
    }

    func ladderIsEmpty() async throws -> Bool {
        for level in 0..<DelayLadder.levels where try await messages(in: DelayLadder.queue(level: level).rawValue) > 0 {
            return false
        }
        return true
    }

    /// Every chain of audit entries is whole, as far as the database itself can tell.
    func auditChainsHold() async throws -> Bool {
        try await number("select count(*) from audit_faults('-infinity')") == 0
    }
}
