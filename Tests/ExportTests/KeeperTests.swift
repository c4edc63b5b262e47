import Contracts
import Foundation
import ObjectStore
import Postgres
import Testing

@testable import Export

/// Exports end: at their expiry, when nobody works on them any more, and when their person is erased.
@Suite(.timeLimit(.minutes(1)))
struct KeeperTests {
    private static let start = Date()
    private static let cause = MessageID.random()

    @Test func whatHasExpiredIsDeletedToTheSecond() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            let row = try await scope.claimed("user-one", now: Self.start)
            try await scope.make(row, "user-one", now: Self.start, life: 3600)
            #expect(try await scope.objects().count == 3)
            let before = try await scope.keeper.tend(at: Self.start.addingTimeInterval(3599), cause: Self.cause)
            #expect(before == ExportKeeper.Report() && before.objects == 0)
            let time = Self.start.addingTimeInterval(3600)
            let dry = try await scope.keeper.tend(at: time, cause: Self.cause, dryRun: true)
            #expect(dry.expired == 1)
            #expect(try await scope.objects().count == 3)
            let report = try await scope.keeper.tend(at: time, cause: Self.cause)
            #expect(report.expired == 1 && report.objects == 3 && report.followUps.isEmpty)
            #expect(try await scope.objects() == [])
            let left = try await scope.postgres.query(
                "select status, object_secret, object_key, objects_deleted_at is not null as gone from data_exports")[0]
            #expect(try left.decode(String.self, "status") == "expired")
            #expect(try left.decode(String?.self, "object_secret") == nil)
            #expect(try left.decode(String?.self, "object_key") == nil)
            #expect(try left.decode(Bool.self, "gone"))
            let again = try await scope.keeper.tend(at: time, cause: Self.cause)
            #expect(again == ExportKeeper.Report())
            #expect(
                FileManager.default.subpaths(atPath: scope.folder)?.filter { $0.contains("export") && $0.contains(".") }
                    == [])
        }
    }

    @Test func aStoreThatIsAwayDelaysTheDeletionAndLosesIt() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            let row = try await scope.claimed("user-one", now: Self.start)
            try await scope.make(row, "user-one", now: Self.start, life: 60)
            let time = Self.start.addingTimeInterval(61)
            let away = ExportKeeper(postgres: scope.postgres, store: FolderStore(root: "/proc/version"))
            await #expect(throws: ObjectStoreError.self) { try await away.tend(at: time, cause: Self.cause) }
            #expect(try await scope.status(row) == "expired", "the key is gone all the same")
            let report = try await scope.keeper.tend(at: time, cause: Self.cause)
            #expect(report.objects == 3)
            #expect(try await scope.objects() == [])
        }
    }

    @Test func aStalledRequestIsStartedAgainThreeTimesThenGivenUpAndAlerted() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            let row = try await scope.claimed("user-one", now: Self.start)
            var time = Self.start.addingTimeInterval(60 + 15 * 60)
            let early = try await scope.keeper.tend(at: time, cause: Self.cause)
            #expect(early.resumed == 0)
            for number in 1...3 {
                time = time.addingTimeInterval(15 * 60 + 1)
                let report = try await scope.keeper.tend(at: time, cause: Self.cause)
                #expect(report.resumed == 1 && report.failed == 0, "\(number)")
                #expect(report.followUps.map(\.type) == [.export, .event])
                let request = try ExportRequest.decode(try #require(report.followUps.first).body)
                #expect(request.userID.rawValue == "user-one" && request.requestedBy == "tester")
                let names = Set(report.followUps.map(\.name))
                #expect(names.contains("export-resume-\(row.id.rawValue)-\(number - 1)"))
            }
            time = time.addingTimeInterval(15 * 60 + 1)
            let last = try await scope.keeper.tend(at: time, cause: Self.cause)
            #expect(last.failed == 1 && last.followUps.count == 1)
            let alert = try Event.decode(try #require(last.followUps.first).body)
            #expect(
                alert.event == .alertOpened && alert.detail["rule"] == "export_failed"
                    && alert.detail["severity"] == "critical")
            #expect(try await scope.status(row) == "failed")
            let open = try await scope.postgres.query("select count(*) as n from export_deadlines")[0]
            #expect(try open.decode(Int.self, "n") == 1, "the person is still owed an answer")
        }
    }

    @Test func orphansAreSweptAndTheLivingStay() async throws {
        try await ExportScope.with { scope in
            for user in ["user-one", "user-two"] { try await scope.addUser(user) }
            let ready = try await scope.claimed("user-one", now: Self.start)
            try await scope.make(ready, "user-one", now: Self.start)
            // An attempt that was overtaken left its objects; so did an export of which no row is left.
            let pending = try await scope.claimed("user-two", now: Self.start)
            for name in [
                "\(ExportFolder.prefix(pending.id, attempt: pending.attempt))export.zip",
                "\(ExportFolder.prefix(pending.id, attempt: 0))export.zip",
                "\(ExportFolder.prefix(.random(), attempt: 1))export.zip",
            ] {
                try await scope.store.put(try #require(ObjectKey(name)), [1])
            }
            let soon = try await scope.keeper.tend(at: Self.start.addingTimeInterval(60), cause: Self.cause)
            #expect(soon.orphans == 0, "young objects may be about to be spoken of")
            let report = try await scope.keeper.tend(at: Self.start.addingTimeInterval(16 * 60), cause: Self.cause)
            #expect(report.orphans == 2)
            #expect(try await scope.objects().count == 4)
        }
    }

    @Test func anErasureTakesObjectsRowsAndWhatIsBeingWritten() async throws {
        try await ExportScope.with { scope in
            for user in ["user-one", "user-two"] { try await scope.addUser(user) }
            let other = try await scope.claimed("user-two")
            try await scope.make(other, "user-two")
            let first = try await scope.claimed("user-one", now: Self.start.addingTimeInterval(-90_000))
            try await scope.make(first, "user-one", now: Self.start)
            let row = try await scope.claimed("user-one")
            let half = try await PackageWriter.open(
                scope.store, folder: ExportFolder.prefix(row.id, attempt: row.attempt), seal: ObjectSeal())
            try await half.begin(.document, at: Self.start)
            let objects = try await scope.keeper.eraseExports(of: try #require(UserID("user-one")))
            #expect(objects == 3)
            await #expect(throws: ObjectStoreError.self) { _ = try await half.finish() }
            await half.abort()
            #expect(try await scope.objects().allSatisfy { $0.contains(other.id.rawValue) })
            #expect(try await scope.objects().count == 3)
            let rows = try await scope.postgres.query("select count(*) as n from data_exports")[0]
            #expect(try rows.decode(Int.self, "n") == 1)
        }
    }
}
