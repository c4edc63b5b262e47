import AMQP
import EventLoop
import HouseKit
import TestKit

/// What a soak sends and what dies meanwhile, all of it drawn from the seed.
struct SoakPlan: Sendable, CustomStringConvertible {
    enum Kind: Sendable {
        case good, broken
        /// From a user that nobody knows: refused.
        case stranger
    }

    struct Letter: Sendable {
        let id: String
        let kind: Kind
        let body: [UInt8]
    }

    enum What: Sendable, CustomStringConvertible {
        /// SIGKILL of one of three consumers; another takes its place.
        case kill(Int)
        case restart(Server)

        var description: String {
            switch self {
            case .kill(let number): "consumer \(number) killed"
            case .restart(let server): "\(server.rawValue) killed and started again"
            }
        }
    }

    struct Event: Sendable {
        /// When so many messages have their receipts.
        let after: Int
        let what: What
    }

    let messages: Int
    let seed: UInt64
    let events: [Event]

    init(environment: [String: String]) {
        messages = environment["SOAK_MESSAGES"].flatMap { Int($0) } ?? 3000
        seed = environment["SOAK_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
        let count = environment["SOAK_EVENTS"].flatMap { Int($0) } ?? 6
        var random = SeededRandom(seed: seed)
        // Each server at least once, the rest at random.
        var whats: [What] = [.restart(.rabbitmq), .restart(.postgres), .restart(.redis)]
        while whats.count < count {
            whats.append(
                Int.random(in: 0..<4, using: &random) > 0
                    ? .kill(.random(in: 0..<3, using: &random)) : whats[Int.random(in: 0..<3, using: &random)])
        }
        whats.shuffle(using: &random)
        let step = messages * 8 / 10 / (count + 1)
        events = whats.enumerated().map { number, what in
            Event(after: step * (number + 1) - Int.random(in: 0..<max(1, step / 2), using: &random), what: what)
        }
    }

    var description: String { "seed \(seed): \(messages) messages, \(events.count) deaths" }

    /// 90 % good ones, 4 % of them sent a second time; 3 % no messages at all, 3 % of strangers.
    func mail() -> [Letter] {
        var random = SeededRandom(seed: seed &+ 1)
        var letters: [Letter] = []
        for number in 0..<messages {
            let id = random.uuid()
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<3: letters.append(Letter(id: id, kind: .broken, body: Array("{\"user_id\":\(number)}".utf8)))
            case 3..<6: letters.append(Letter(id: id, kind: .stranger, body: Self.body("nobody-\(number)")))
            case 6..<10:
                if let earlier = letters.randomElement(using: &random) { letters.append(earlier) }
            default:
                let user = Int.random(in: 1...200, using: &random)
                letters.append(Letter(id: id, kind: .good, body: Self.body("user-\(user)")))
            }
        }
        return letters
    }

    private static func body(_ user: String) -> [UInt8] { Array(#"{"user_id":"\#(user)","analyze":false}"#.utf8) }
}

extension SeededRandom {
    /// A version 4 UUID.
    mutating func uuid() -> String {
        var digits = Array(String(next() | 1 << 63, radix: 16) + String(next() | 1 << 63, radix: 16))
        digits[12] = "4"
        digits[16] = "8"
        for place in [20, 16, 12, 8] { digits.insert("-", at: place) }
        return String(digits)
    }
}

extension House {
    /// The table whose rows are the effects of `consumer-drill standard`, and users to work for.
    func prepareForDrills(users: Int) async throws {
        try await postgres.query("create table drill_effects (message_id text not null, user_id text not null)")
        try await postgres.query("select isolate_by_user('drill_effects')")
        try await postgres.query("grant insert on drill_effects to repazoo_ingest")
        try await addUsers(users)
    }

    func publish(_ mail: [SoakPlan.Letter]) async throws {
        try await publish(mail.count) { (mail[$0].body, mail[$0].id) }
    }
}
