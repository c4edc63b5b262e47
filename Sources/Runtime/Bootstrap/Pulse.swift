import ConsumerRuntime
import Contracts
import FoundationEssentials
import Postgres
import ServiceLifecycle

/// Says every 15 s that this process lives, and whom its queries were about (`heartbeats`, `database_access`). Best effort: while the
/// database is away nothing is said, and what was counted is said later.
///
/// A row for every user that a busy consumer works for would cost more than the work. So users with few queries are held back until
/// they have come to some number or five minutes are over; those that never come to it are in the total only. The monitor's count
/// of a user is therefore too low by less than that number for each process.
struct Pulse: Service {
    static let pause = Duration.seconds(15)
    /// Queries about one user that are worth a row.
    static let worthARow = 20

    /// The process's own name, under which queries are counted.
    let program: String
    /// The programs in it: one, unless they run together.
    let members: [(name: String, vitals: Vitals)]
    let postgres: PostgresPool
    let counter: AccessCounter
    let startedAt = Date()
    let instance = MessageID.random().rawValue

    func run() async throws {
        var held = HeldCounts()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await beat(&held)
            let pause = postgres.isReachable ? Self.pause : .seconds(1)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
        held.isLast = true
        await beat(&held)
        guard postgres.isReachable else { return }
        let farewells = members.map { SQL("select last_pulse(\($0.name), \(instance))").named("last_pulse") }
        _ = try? await postgres.atomically(farewells)
    }

    private func beat(_ held: inout HeldCounts) async {
        // A stop must not wait for a server that is away.
        guard postgres.isReachable else { return }
        let taken = counter.take()
        held.add(taken.bySubject)
        let due = held.take()
        let (users, queries) = ([""] + due.keys, [taken.total] + due.values)
        let isAlone = members.count == 1 && members[0].name == program
        var statements = members.map { pulse($0.name, $0.vitals, isAlone ? users : [], isAlone ? queries : []) }
        if !isAlone { statements.append(pulse(program, Vitals(), users, queries)) }
        statements += members.map(vitals(of:))
        do { try await postgres.atomically(statements) } catch {
            counter.putBack(total: taken.total, bySubject: due)
        }
    }

    /// How fast the program is, and how its circuits stand.
    private func vitals(of member: (name: String, vitals: Vitals)) -> SQL {
        let pace = member.vitals.takePace()
        let perMinute = Double(pace.messages) * (.seconds(60) / Self.pause)
        let circuits = JSONText(
            rawValue: JSONValue.object(member.vitals.standings.mapValues { .string($0) }).text)
        return SQL(
            "select pulse_vitals(\(member.name), \(instance), \(perMinute), \(pace.p95), \(circuits)::jsonb)"
        ).named("pulse_vitals")
    }

    private func pulse(_ name: String, _ vitals: Vitals, _ users: [String], _ queries: [Int]) -> SQL {
        SQL(
            """
            select pulse(\(name), \(instance), \(startedAt), \(vitals.inFlight), \(vitals.takenPublishedAt),
                \(users)::text[], \(queries)::bigint[])
            """
        ).named("pulse")
    }
}

/// Counts that wait until they are worth a row. A struct, to be tested without a clock: one call of `take` is one beat.
struct HeldCounts {
    var isLast = false
    private var counts: [String: Int] = [:]
    private var beats = 0
    private static let longestHold = 20

    mutating func add(_ more: [String: Int]) { counts.merge(more) { $0 + $1 } }

    /// Those that are due now. After five minutes the rest is forgotten, so that nothing piles up.
    mutating func take() -> [String: Int] {
        beats += 1
        let due = counts.filter { $0.value >= Pulse.worthARow }
        for user in due.keys { counts[user] = nil }
        if beats >= Self.longestHold || isLast {
            beats = 0
            counts = [:]
        }
        return due
    }
}
