import Contracts
import Postgres
import Synchronization
import TestKit
import Testing

@testable import ConsumerRuntime

@Suite(.timeLimit(.minutes(3))) struct GroupCommitterTests {
    /// What is to become of a job.
    private enum Fate: CaseIterable {
        case good, overConstraint, withoutConsent, twin
    }

    private static let users = (0..<40).map { "user-\($0)" }

    /// 300 jobs at once, through two committers that meet the same users from opposite ends; some jobs come twice, one copy
    /// through each committer or both in one group.
    @Test func eachJobSucceedsOrFailsForItselfAlone() async throws {
        try await CommitDesk.with(SharedServers.address(of: .postgres), users: Self.users + ["gone"]) { desk in
            try await desk.pool.query("update oauth_tokens set revoked_at = now() where user_id = 'gone'")
            let second = desk.anotherPool()
            let committers = [GroupCommitter(postgres: desk.pool), GroupCommitter(postgres: second)]
            var jobs: [(fate: Fate, message: MessageID, record: JobRecord, committer: GroupCommitter)] = []
            for number in 0..<300 {
                let (message, fate) = (MessageID.random(), Self.fate(number))
                let side = number % 2
                let user = Self.users[(side == 0 ? number : 300 - number) % Self.users.count]
                let record = try desk.record(
                    message, fate == .withoutConsent ? "gone" : user, number: fate == .overConstraint ? -1 : 1)
                jobs.append((fate, message, record, committers[side]))
                if fate == .twin { jobs.append((fate, message, record, committers[number % 3 == 0 ? side : 1 - side])) }
            }
            let ends = await withTaskGroup(of: (Fate, MessageID, (any Error)?).self) { group in
                for job in jobs {
                    group.addTask {
                        do {
                            try await job.committer.commit(job.record)
                            return (job.fate, job.message, nil)
                        } catch {
                            return (job.fate, job.message, error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            await second.close()
            try await judge(ends, desk)
        }
    }

    private static func fate(_ number: Int) -> Fate {
        switch number % 20 {
        case 3: .overConstraint
        case 8: .withoutConsent
        case 13: .twin
        default: .good
        }
    }

    private func judge(_ ends: [(Fate, MessageID, (any Error)?)], _ desk: CommitDesk) async throws {
        var committed: [String] = []
        for (fate, message, error) in ends {
            if error == nil { committed.append(message.rawValue) }
            let error = error as? PostgresError
            switch fate {
            case .good: #expect(error == nil)
            case .overConstraint: #expect(error?.constraint == "naturals_natural")
            case .withoutConsent: #expect(error?.sqlState?.rawValue == "RZ001")
            case .twin: #expect(error == nil || error?.constraint == "receipts_pkey")
            }
        }
        let wanted = Set(ends.filter { $0.0 == .good || $0.0 == .twin }.map(\.1.rawValue)).sorted()
        #expect(wanted.count == 270)
        #expect(committed.sorted() == wanted, "each good job once, and one of each twins")
        #expect(try await desk.effects() == wanted)
        #expect(try await desk.receipts() == wanted)
        #expect(try await desk.audited() == wanted)
        #expect(try await desk.brokenLinks() == 0)
    }

    /// The runtime's rule: whoever gets the outage error tries again, and a receipt that is there already means done.
    @Test func anOutageInTheMiddleLosesAndRepeatsNothing() async throws {
        try await PrivateServers.with([.postgres]) { servers in
            try await CommitDesk.with(servers.databaseURL, users: Self.users) { desk in
                let (workers, committer) = (Workers(), GroupCommitter(postgres: desk.pool))
                let done = try await withThrowingTaskGroup(of: [String].self) { group in
                    defer { workers.isOver.store(true, ordering: .relaxed) }
                    for worker in 0..<100 {
                        group.addTask { try await commit(desk, committer, Self.users[worker % 40], workers) }
                    }
                    try await eventually("some jobs are committed") { workers.commits.load(ordering: .relaxed) >= 300 }
                    try await servers.kill(.postgres)
                    try await servers.start(.postgres)
                    workers.isOver.store(true, ordering: .relaxed)
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(workers.outages.load(ordering: .relaxed) > 0, "somebody met the outage")
                #expect(try await desk.effects() == done.sorted())
                #expect(try await desk.receipts() == done.sorted())
                #expect(try await desk.audited() == done.sorted())
                #expect(try await desk.brokenLinks() == 0)
            }
        }
    }

    private final class Workers: Sendable {
        let commits = Atomic<Int>(0)
        let outages = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
    }

    /// Commits one job after the other until it is over.
    private func commit(
        _ desk: CommitDesk, _ committer: GroupCommitter, _ user: String, _ workers: Workers
    ) async throws -> [String] {
        var done: [String] = []
        while !workers.isOver.load(ordering: .relaxed) {
            let message = MessageID.random()
            try await commitForSure(try desk.record(message, user), committer, workers)
            workers.commits.add(1, ordering: .relaxed)
            done.append(message.rawValue)
        }
        return done
    }

    private func commitForSure(_ record: JobRecord, _ committer: GroupCommitter, _ workers: Workers) async throws {
        var metOutage = false
        while true {
            do {
                return try await committer.commit(record)
            } catch {
                if metOutage, ReceiptBook.isDuplicate(error) { return }
                guard Outage.explains(error) else { throw error }
                metOutage = true
                workers.outages.add(1, ordering: .relaxed)
                try Task.checkCancellation()
            }
        }
    }
}
