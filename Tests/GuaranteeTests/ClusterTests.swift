import AMQP
import Contracts
import HouseKit
import TestKit
import Testing

/// Three nodes, one of which dies. As they take 20 s to come up, one test holds all of it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ClusterTests {
    @Test func theDeathOfALeaderLosesNothing() async throws {
        try await PrivateServers.with([.rabbitmq], settings: PrivateServers.cluster(nodes: 3)) { servers in
            let scope = try await BrokerScope.on(servers)
            let members = try await servers.members(of: QueueName.ingest.rawValue, virtualHost: scope.virtualHost)
            #expect(members == [1, 2, 3])
            try await realConsumersGoOn(servers)
            try await clientsOfTheDeadNodeGoOn(servers, scope)
            try await clientsOfAnotherNodeGoOn(servers, scope)
            try await firstPublishesOnChannelsThatMeetTheElectionSucceed(servers, scope)
        }
    }

    /// Three consumer processes, whose queue's leader dies while they work.
    private func realConsumersGoOn(_ servers: PrivateServers) async throws {
        let host = try await servers.newVirtualHost()
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.broker = host.url
        plan.environment = ["CONSUMER_CONCURRENCY": "32", "LOG_LEVEL": "info"]
        try await House.with(plan) { house in
            let count = 2_000
            try await house.prepareForDrills(users: 50)
            let events = try await house.listen()
            var random = SeededRandom(seed: 3)
            let ids = (0..<count).map { _ in random.uuid() }
            for _ in 0..<3 { try house.start("consumer-drill", ["run", "standard"]) }
            async let published: Void = house.publish(count) { number in
                (Array(#"{"user_id":"user-\#(number % 50 + 1)","analyze":false}"#.utf8), ids[number])
            }
            try await eventually("work is under way", within: .seconds(30)) {
                try await house.number("select count(*) from receipts") > count / 10
            }
            let leader = try await servers.leader(of: QueueName.ingest.rawValue, virtualHost: host.name)
            try await servers.kill(node: leader)
            try await published
            try await eventually("all are done", within: .seconds(120)) {
                try await house.number("select count(*) from receipts") == count
            }
            #expect(try await house.number("select count(*) from drill_effects") == count)
            #expect(try await house.number("select count(distinct message_id) from drill_effects") == count)
            try await eventually("all are announced", within: .seconds(60)) {
                try await house.messages(in: events) >= count
            }
            let running = house.programs.filter { $0.isRunning }
            #expect(running.count == 3)
            print("leader killed under three consumers: \(count) messages, \(count) effects")
            try await servers.start(node: leader)
        }
    }

    /// Publisher and consumer have to find another node.
    private func clientsOfTheDeadNodeGoOn(_ servers: PrivateServers, _ scope: BrokerScope) async throws {
        let leader = try await leader(servers, scope)
        let clients = try scope.first(leader)
        try await killTheLeader(leader, in: servers, whileWorking: clients, "clients on the dead node")
    }

    private func clientsOfAnotherNodeGoOn(_ servers: PrivateServers, _ scope: BrokerScope) async throws {
        let leader = try await leader(servers, scope)
        let clients = try scope.first(leader % 3 + 1)
        try await killTheLeader(leader, in: servers, whileWorking: clients, "clients on another node")
    }

    private func killTheLeader(
        _ leader: Int, in servers: PrivateServers, whileWorking clients: AMQPConfiguration, _ title: String
    ) async throws {
        let count = 5_000
        let (arrivals, confirmed) = (Arrivals(), Tally<Int>())
        try await withConsumer(
            of: QueueName.ingest.rawValue, clients, prefetch: 50,
            handler: {
                arrivals.note($0)
                return .acknowledge
            }
        ) { _ in
            try await withPublisher(clients) { publisher in
                let publishing = Task {
                    try await publisher.publish(0..<count, tasks: 8, onConfirm: { confirmed.add($0) }) {
                        .numbered($0, to: .requests, .ingest)
                    }
                }
                try await eventually("work is under way", within: .seconds(30)) { arrivals.distinct > 1_000 }
                try await servers.kill(node: leader)
                #expect(confirmed.distinct < count, "it dies in the middle")
                try await publishing.value
            }
            try await eventually("every confirmed message is received", within: .seconds(60)) {
                arrivals.distinct == count
            }
            try await servers.start(node: leader)
        }
        #expect(confirmed.distinct == count && arrivals.missing(of: 0..<count).isEmpty)
        print(
            "leader killed, \(title): \(count) messages, longest gap \(arrivals.longestGap.figure),",
            "\(arrivals.total - count) duplicates")
        #expect(arrivals.longestGap < .seconds(10))
    }

    /// A channel whose first publish falls into the election is nacked by the broker until the dead node is back.
    private func firstPublishesOnChannelsThatMeetTheElectionSucceed(
        _ servers: PrivateServers, _ scope: BrokerScope
    ) async throws {
        let leader = try await leader(servers, scope)
        var publishers: [AMQPPublisher] = []
        for _ in 0..<40 {
            let publisher = AMQPPublisher(try scope.first(leader % 3 + 1))
            try await publisher.start(patience: .seconds(20))
            publishers.append(publisher)
        }
        let durations = try await withThrowingTaskGroup(of: Duration.self) { group in
            for (number, publisher) in publishers.enumerated() {
                group.addTask {
                    // Spread over the death and the election, whose moments are not known: not a wait in hope.
                    try await Task.sleep(for: .milliseconds(25 * number))
                    let start = ContinuousClock.now
                    try await publisher.publish(.numbered(number, to: .requests, .ingest), patience: .seconds(60))
                    return start.duration(to: .now)
                }
            }
            try await servers.kill(node: leader)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for publisher in publishers { await publisher.close() }
        let longest = durations.max() ?? .zero
        print("first publishes around the death of a leader: the longest took \(longest.figure)")
        #expect(longest < .seconds(6))
        try await servers.start(node: leader)
    }

    private func leader(_ servers: PrivateServers, _ scope: BrokerScope) async throws -> Int {
        var leader: Int?
        try await eventually("the queue has a leader", within: .seconds(30)) {
            leader = try? await servers.leader(of: QueueName.ingest.rawValue, virtualHost: scope.virtualHost)
            return leader != nil
        }
        return try #require(leader)
    }
}
