import Contracts
import Foundation
import HouseKit
import Postgres
import Redis
import TestKit
import Testing

/// Many users, each with jobs under way while they are erased, at moments that a seed decides.
struct Erasures {
    static let consumers = [
        "repazoo-ingest", "repazoo-analyze", "repazoo-export", "repazoo-retention", "repazoo-retention",
    ]

    /// When the request to erase is published.
    enum Moment: CaseIterable {
        /// Before, among and behind the other requests.
        case first, amid, last
        /// When the first page of a long timeline is stored and others are being read.
        case ingesting
        /// When the ingestion is done and its analysis under way.
        case analyzing
    }

    let house: House
    let rounds: Int
    let seed: UInt64

    func run() async throws {
        var random = SeededRandom(seed: seed)
        // Slow enough for something to be in flight.
        try await house.setFaults("twitter:slow=60ms,anthropic:slow=60ms")
        var rounds: [Round] = []
        for number in 0..<self.rounds { rounds.append(try Round(number, &random)) }
        for round in rounds { try await round.addUser(house) }
        try await each(of: rounds) { try await $0.play(house) }
        for round in rounds {
            #expect(try await house.outcome(of: round.erase, at: .retention, within: .seconds(180)) == "done")
        }
        try await settle()
        try await check(rounds, "after the erasure")
        let inFlight = try await house.number(
            "select count(*) from receipts where consumer in ('ingest', 'analyze', 'export') and outcome = 'refused'")

        // Replays: the same messages again, and new ones.
        try await each(of: rounds) { try await $0.replay(house) }
        try await settle()
        try await check(rounds, "after the replay")
        for round in rounds {
            for id in round.late { #expect(try await house.anyOutcome(of: id) == "refused", "\(round)") }
        }
        #expect(try await house.number("select count(*) from audit_faults('-infinity')") == 0)
        let moments = Dictionary(grouping: rounds, by: \.moment).map { "\($0.key) \($0.value.count)" }.sorted()
        print(
            "erasures | seed \(seed), \(rounds.count) users, \(inFlight) jobs refused under way, "
                + "erased at: \(moments.joined(separator: ", ")); nothing came back")
    }

    /// So many at a time: all of them at once would only wait for the test's own connections.
    private func each(
        of rounds: [Round], _ body: @escaping @Sendable (Round) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = rounds.makeIterator()
            for _ in 0..<Self.atOnce {
                if let round = waiting.next() { group.addTask { try await body(round) } }
            }
            while try await group.next() != nil {
                if let round = waiting.next() { group.addTask { try await body(round) } }
            }
        }
    }

    private static let atOnce = 24
    private static let worked: [ConsumerName] = [.ingest, .analyze, .export, .retention]

    private func settle() async throws {
        try await eventually("everything is worked off", within: .seconds(240)) {
            for consumer in Self.worked {
                guard try await house.messages(in: consumer.queue.rawValue) == 0 else { return false }
            }
            return try await house.ladderIsEmpty()
        }
        for consumer in Self.worked { try await house.isWorkedOff(consumer) }
    }

    private func check(_ rounds: [Round], _ when: String) async throws {
        for round in rounds {
            let traces = try await house.traces(of: round.user.rawValue)
            #expect(traces == [:], "\(round) \(when)")
        }
        #expect(files(below: house.store.path + "/exports") == [], "\(when)")
        // What was in flight may have counted a call behind the erasure's look into Redis; the next tick sees to that.
        let tick = try await house.publish(Tick(schedule: "exports", slot: Date.now))
        #expect(try await house.outcome(of: tick, at: .retention) == "done")
        #expect(try await keys() == [], "\(when)")
        let left = try await house.postgres.query(
            """
            select distinct key from erasures, jsonb_each(certificate::jsonb->'statement'->'tables') as counted
            where (value->>'after')::integer > 0
            """
        ).map { try $0.decode(String.self, at: 0) }
        #expect(left == [], "said to be left by a certificate, \(when)")
    }

    /// Of Redis, all that name one of these users.
    private func keys() async throws -> [String] {
        let redis = RedisClient(try RedisConfiguration(url: house.addresses.redis))
        let found = try await redis.send(RedisCommand("KEYS", "*user-erased-*")).array().map { try $0.text() }
        await redis.close()
        return found
    }

    /// Names of the files in a folder and those in it; none where there is no folder.
    private func files(below folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
            let path = folder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
            return isFolder.boolValue ? files(below: path) : [name]
        }
    }

    struct Round: CustomStringConvertible, Sendable {
        let user: UserID
        let account: String
        let moment: Moment
        let erase = MessageID.random()
        /// Of the ingestion and the analysis, each published `copies` times.
        let ingest = MessageID.random()
        let analyze = MessageID.random()
        let copies: Int
        let export = MessageID.random()
        let late = [MessageID.random(), MessageID.random(), MessageID.random()]

        init(_ number: Int, _ random: inout SeededRandom) throws {
            user = try #require(UserID("user-erased-\(number)"))
            account = "9\(1000 + number)"
            moment = Moment.allCases.randomElement(using: &random) ?? .amid
            copies = Int.random(in: 1...3, using: &random)
        }

        var description: String { "erased at \(moment), \(copies) copies, account \(account)" }

        func addUser(_ house: House) async throws {
            try await house.addUser(user.rawValue, account: account, tweets: moment == .ingesting ? 350 : 60)
        }

        func play(_ house: House) async throws {
            if moment == .first { try await publishErase(house) }
            for _ in 0..<copies { try await house.publish(IngestRequest(userID: user), id: ingest) }
            if moment == .amid { try await publishErase(house) }
            for _ in 0..<copies { try await house.publish(AnalyzeRequest(userID: user), id: analyze) }
            for _ in 0..<copies { try await house.publish(ExportRequest(userID: user), id: export) }
            switch moment {
            case .first, .amid: return
            case .last: break
            case .ingesting:
                try await eventually("tweets of \(account) are there, or it is over", within: .seconds(120)) {
                    try await house.number("select count(*) from twitter_data where user_id = \(user.rawValue)") > 0
                }
            case .analyzing: _ = try await house.outcome(of: ingest, at: .ingest, within: .seconds(120))
            }
            try await publishErase(house)
        }

        func replay(_ house: House) async throws {
            try await house.publish(IngestRequest(userID: user), id: ingest)
            try await house.publish(AnalyzeRequest(userID: user), id: analyze)
            try await house.publish(IngestRequest(userID: user), id: late[0])
            try await house.publish(AnalyzeRequest(userID: user), id: late[1])
            try await house.publish(ExportRequest(userID: user), id: export)
            try await house.publish(ExportRequest(userID: user), id: late[2])
        }

        private func publishErase(_ house: House) async throws {
            try await house.publish(EraseRequest(userID: user, reason: "test"), id: erase)
        }
    }
}

extension House {
    func anyOutcome(of id: MessageID) async throws -> String? {
        var outcome: String?
        try await eventually("somebody is done with \(id)", within: .seconds(60)) {
            outcome = try await postgres.query("select outcome from receipts where message_id = \(id.rawValue)").first?
                .decode(String.self, at: 0)
            return outcome != nil
        }
        return outcome
    }
}
