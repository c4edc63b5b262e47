import AMQP
import Contracts
import Foundation
import Postgres
import TestKit
import Testing

@testable import Alerting

@Suite(.timeLimit(.minutes(3)))
struct ServiceTests {
    @Test func theLettersOfAllSixQueuesAreStoredOnce() async throws {
        try await DeadHouse.with(sixQueues)
    }

    private func sixQueues(_ house: DeadHouse) async throws {
        let ids = (0..<60).map { _ in MessageID.random().rawValue }
        let died: AMQPTable = [
            "repazoo-reason": "attempts_exhausted", "repazoo-code": "network",
            "repazoo-died-at": "2026-11-23T21:04:10Z", "repazoo-history": "2026-11-23T21:04:10Z network",
        ]
        for (index, id) in ids.enumerated() {
            let consumer = ConsumerName.allCases[index % 6]
            for _ in 0..<2 { try await house.bury(consumer, id: id, died) }
        }
        // Two copies of the service, as in a real house.
        try await house.serving {
            try await house.serving {
                try await house.stored(60)
                // Also with nothing to tell one death from the other.
                let again = ["repazoo-reason": "attempts_exhausted"] as AMQPTable
                for id in ids.prefix(6) { try await house.bury(.ingest, id: id, again) }
                try await house.bury(.ingest, id: nil, again)
                try await eventually("the latecomers are stored") {
                    try await house.number("select count(*) from dead_letters where message_id is null") == 1
                }
            }
        }
        for consumer in ConsumerName.allCases { #expect(try await house.messages(in: consumer.deadQueue) == 0) }
        let perQueue = try await house.postgres.query(
            "select queue, count(*) as n from dead_letters where code = 'network' group by 1"
        ).map { "\(try $0.decode(String.self, "queue")) \(try $0.decode(Int.self, "n"))" }
        #expect(Set(perQueue) == Set(ConsumerName.allCases.map { "\($0.queue) 10" }))
        // The first six came from six queues: five of them are new in this one.
        #expect(try await house.stored == 60 + 5 + 1)
        #expect(try await house.number("select max(deaths) from dead_letters") == 1)
    }

    @Test func whatTheBrokerBuriesIsStoredWithItsReason() async throws {
        try await DeadHouse.with(brokersDead)
    }

    private func brokersDead(_ house: DeadHouse) async throws {
        let killer = MessageID.random().rawValue
        let refused = MessageID.random().rawValue
        try await house.request(killer)
        try await house.request(refused)
        let consumer = AMQPConsumer(house.broker, queue: "repazoo.ingest", prefetch: 1) { delivery in
            delivery.properties.messageID == killer ? .requeue : .reject
        }
        try await consumer.start(patience: .seconds(20))
        try await house.serving { try await house.stored(2) }
        await consumer.stop(grace: .seconds(5))
        let reasons = try await house.text(
            "select string_agg(message_id || ' ' || reason || ' ' || code, ';' order by reason) from dead_letters")
        #expect(reasons == "\(killer) crash_loop delivery_limit;\(refused) rejected rejected")
        #expect(try await house.number("select count(*) from dead_letters where replayable") == 2)
        #expect(
            try await house.number("select count(*) from dead_letters where died_at > now() - interval '1 minute'") == 2
        )
    }

    @Test func aDeathIsOneRowAndTheNextDeathAnother() async throws {
        try await DeadHouse.with(deaths)
    }

    private func deaths(_ house: DeadHouse) async throws {
        let id = MessageID.random().rawValue
        func death(_ time: String) async throws {
            try await house.bury(
                .ingest, id: id, ["repazoo-reason": "attempts_exhausted", "repazoo-died-at": .string(time)])
        }
        try await house.serving {
            try await death("2026-11-23T10:00:00Z")
            try await death("2026-11-23T10:00:00Z")
            try await house.stored(1)
            // A later death of a message whose row is still new: the same row, up to date.
            try await death("2026-11-23T11:00:00Z")
            try await eventually("the row is up to date") {
                try await house.number("select deaths from dead_letters") == 2
            }
            try await house.postgres.query("update dead_letters set status = 'replayed'")
            // The first deaths once more, late: they are settled. Then a new one.
            try await death("2026-11-23T11:00:00Z")
            try await death("2026-11-23T12:00:00Z")
            try await eventually("the new death has its row") {
                try await house.number("select count(*) from dead_letters where status = 'new'") == 1
            }
            try await eventually("the queue is empty") { try await house.messages(in: .ingest.dead) == 0 }
        }
        let rows = try await house.text(
            """
            select string_agg(status || ' ' || extract(hour from died_at) || ', deaths ' || deaths, ';' order by died_at)
            from dead_letters
            """)
        #expect(rows == "replayed 11, deaths 2;new 12, deaths 1")
    }

    /// Whatever comes, and whatever the table refuses, ends as a row; the letters behind it are not held up.
    @Test func nothingFromOutsideCircles() async throws {
        try await DeadHouse.with(refusals)
    }

    private func refusals(_ house: DeadHouse) async throws {
        try await house.postgres.query(
            """
            alter table dead_letters
                add constraint no_poison check (body not like '%poison%'),
                add constraint no_venom check (headers::text not like '%venom%')
            """)
        let nul: [UInt8] = [0x00, 0x7B, 0xFF, 0x00]
        try await house.serving {
            try await house.bury(body: nul)
            try await house.bury(body: Array("poison".utf8))
            try await house.bury(type: "venom", body: Array("x".utf8))
            try await house.bury(type: nil, body: [UInt8](repeating: 0x61, count: 3 << 20), ["repazoo-code": "\u{0}"])
            try await house.bury(id: "not a uuid \u{0}", ["x-death": .array([.table(["x-death": .array([])])])])
            try await house.bury()
            try await house.stored(6)
        }
        #expect(try await house.number("select count(*) from dead_letters where body is null and not replayable") == 2)
        #expect(try await house.number("select count(*) from dead_letters where headers = '{}'") == 1)
        #expect(try await house.number("select count(*) from dead_letters where octet_length(body) > 65536") == 0)
        #expect(try await house.number("select count(*) from dead_letters where replayable") == 1)
    }

    /// A full disk or a deadlock says nothing about the row: it is stored whole once that is over.
    @Test func aPassingTroubleCostsNoBody() async throws {
        try await DeadHouse.with(passingTrouble)
    }

    private func passingTrouble(_ house: DeadHouse) async throws {
        try await house.postgres.transaction { transaction in
            try await transaction.script(
                """
                create sequence tries;
                create function trouble() returns trigger language plpgsql as $$ begin
                    if nextval('tries') <= 2 then
                        raise exception using errcode = (array['53100', '40P01'])[currval('tries')];
                    end if;
                    return new;
                end $$;
                create trigger trouble before insert on dead_letters for each row execute function trouble();
                """)
        }
        try await house.serving {
            try await house.bury()
            try await house.stored(1)
        }
        #expect(try await house.number("select count(*) from dead_letters where replayable and body is not null") == 1)
        #expect(try await house.number("select last_value from tries") == 3)
    }

    @Test func aMissingTableLosesNothing() async throws {
        try await DeadHouse.with(missingTable)
    }

    private func missingTable(_ house: DeadHouse) async throws {
        let turns = Turns()
        try await house.postgres.query("alter table dead_letters rename to hidden")
        try await house.serving(heard: turns) {
            for _ in 0..<20 { try await house.bury() }
            try await eventually("the service says so") { turns.all.contains("postgres down") }
        }
        // Stopped with letters in hand: all of them went back.
        try await eventually("all are in the queue again") { try await house.messages(in: .ingest.dead) == 20 }
        #expect(turns.all.filter { $0.hasPrefix("postgres") } == ["postgres down"])
        let later = Turns()
        try await house.serving(heard: later) {
            try await eventually("it is said again") { later.all.contains("postgres down") }
            try await house.postgres.query("alter table hidden rename to dead_letters")
            try await house.stored(20)
        }
        #expect(later.all.filter { $0.hasPrefix("postgres") } == ["postgres down", "postgres up"])
        #expect(try await house.messages(in: .ingest.dead) == 0)
    }

    /// Connections end in the middle of whatever they carry, and none stands again for a while. (A server that is killed under letters:
    /// ChannelTests.)
    @Test func anOutageOfPostgreSQLHoldsTheLetters() async throws {
        try await DeadHouse.with { house in
            let (wire, database) = (
                try FaultyWire(before: house.amqpURL), try FaultyWire(before: house.databaseURL)
            )
            defer { for wire in [wire, database] { wire.end() } }
            try await outage(house, wire, database)
        }
    }

    private func outage(_ house: DeadHouse, _ wire: FaultyWire, _ database: FaultyWire) async throws {
        let turns = Turns()
        let ids = (0..<300).map { _ in MessageID.random().rawValue }
        try await house.serving(heard: turns, through: wire, database: database) {
            for id in ids.prefix(100) { try await house.bury(id: id) }
            database.tell(.refusing)
            database.cutAll()
            for id in ids.dropFirst(100) { try await house.bury(id: id) }
            try await eventually("the service says so", within: .seconds(30)) { turns.all.contains("postgres down") }
            // It holds its prefetch of 8 and takes no more.
            #expect(try await house.messages(in: .ingest.dead) >= 192)
            database.tell(nil)
            try await eventually("all are stored", within: .seconds(60)) {
                (try? await house.number("select count(distinct message_id) from dead_letters")) == 300
            }
            // And the broker comes back as well.
            wire.tell(.refusing)
            wire.cutAll()
            try await eventually("the service says so", within: .seconds(30)) { turns.all.contains("rabbitmq down") }
            wire.tell(nil)
            try await house.bury(id: MessageID.random().rawValue)
            try await house.stored(301, within: .seconds(60))
            // The last turn counts: while a broker starts, a connection may stand and fall again.
            try await eventually("all six connections stand again", within: .seconds(60)) {
                turns.all.last { $0.hasPrefix("rabbitmq") } == "rabbitmq up"
            }
        }
        #expect(try await house.messages(in: .ingest.dead) == 0)
    }
}
