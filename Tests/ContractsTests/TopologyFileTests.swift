import FoundationEssentials
import Testing

@testable import Contracts

/// The names in code and those in `topology/rabbitmq.json` are the same, and the ladder's routes lead where they should.
@Suite(.timeLimit(.minutes(1)))
struct TopologyFileTests {
    private struct Binding {
        let source, destination, kind, key: String
    }

    private let queues: Set<String>
    private let exchanges: Set<String>
    private let bindings: [Binding]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try Data(contentsOf: root.appending(path: "topology/rabbitmq.json"))
        let json = try JSONValue.object(parsing: Array(file))
        func entries(_ name: String) -> [[String: JSONValue]] {
            guard case .array(let entries) = json[name] else { return [] }
            return entries.compactMap { if case .object(let entry) = $0 { entry } else { nil } }
        }
        func text(_ entry: [String: JSONValue], _ name: String) -> String {
            if case .string(let text) = entry[name] { text } else { "" }
        }
        queues = Set(entries("queues").map { text($0, "name") })
        exchanges = Set(entries("exchanges").map { text($0, "name") })
        bindings = entries("bindings").map {
            Binding(
                source: text($0, "source"), destination: text($0, "destination"), kind: text($0, "destination_type"),
                key: text($0, "routing_key"))
        }
    }

    private func matches(_ pattern: ArraySlice<Substring>, _ key: ArraySlice<Substring>) -> Bool {
        guard let word = pattern.first else { return key.isEmpty }
        if word == "#" { return (0...key.count).contains { matches(pattern.dropFirst(), key.dropFirst($0)) } }
        guard let first = key.first, word == "*" || word == first else { return false }
        return matches(pattern.dropFirst(), key.dropFirst())
    }

    private func next(_ exchange: String, _ key: RoutingKey) -> [Binding] {
        bindings.filter {
            $0.source == exchange && matches($0.key.split(separator: ".")[...], key.rawValue.split(separator: ".")[...])
        }
    }

    @Test func everyNameIsThere() {
        let expected = ConsumerName.allCases.flatMap { [$0.queue, $0.deadQueue] } + [.unroutable]
        let ladder = (0..<DelayLadder.levels).map(DelayLadder.queue)
        #expect(queues == Set((expected + ladder).map(\.rawValue)))
        let named: [ExchangeName] = [.requests, .ticks, .events, .dead, .delayDeliver, .unroutable]
        #expect(exchanges == Set((named + (0..<DelayLadder.levels).map(DelayLadder.exchange)).map(\.rawValue)))
    }

    @Test func everyMessageHasItsQueue() {
        let routes: [(ExchangeName, RoutingKey, QueueName)] = [
            (.requests, .ingest, .ingest), (.requests, .analyze, .analyze), (.requests, .export, .export),
            (.requests, .erase, .retention), (.ticks, .retention, .retention), (.ticks, .monitor, .monitor),
            (.events, .event(.alertOpened), .alert), (.events, .event(.alertResolved), .alert),
        ]
        for (exchange, key, queue) in routes {
            #expect(next(exchange.rawValue, key).map(\.destination) == [queue.rawValue], "\(exchange)/\(key)")
        }
        #expect(next("repazoo.events", .event(.ingestCompleted)).isEmpty)
        for consumer in ConsumerName.allCases {
            #expect(next("repazoo.dead", .dead(consumer.queue)).map(\.destination) == [consumer.deadQueue.rawValue])
        }
    }

    /// Follows a message down the ladder and adds up how long it rests.
    @Test(arguments: [0, 1, 2, 3, 5, 6, 59, 60, 1023, 1024, 3600, 86_400, 131_070, 131_071])
    func delaysAddUp(seconds: Int) throws {
        let route = DelayLadder.route(delaySeconds: seconds, destination: .analyze)
        var (exchange, rested) = (route.exchange.rawValue, 0)
        for _ in 0...DelayLadder.levels {
            let hop = try #require(next(exchange, route.routingKey).first)
            #expect(next(exchange, route.routingKey).count == 1)
            if hop.kind == "exchange" {
                exchange = hop.destination
                continue
            }
            if exchange == "repazoo.delay.deliver" {
                #expect(hop.destination == "repazoo.analyze" && rested == seconds)
                return
            }
            let level = try #require(Int(hop.destination.suffix(2)))
            rested += 1 << level
            exchange = level == 0 ? "repazoo.delay.deliver" : DelayLadder.exchange(level: level - 1).rawValue
        }
        Issue.record("the message never arrived")
    }
}
