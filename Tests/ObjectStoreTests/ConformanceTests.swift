import Foundation
import TestKit
import Testing

@testable import ObjectStore

/// What every store must do, on the real thing of each kind.
@Suite(.timeLimit(.minutes(3)))
struct ConformanceTests {
    @Test(arguments: StoreKind.allCases)
    func whatWasWrittenIsReadWholeAndInRanges(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let seal = ObjectSeal()
            // Around the edges of a chunk of a sealed file, and of a part of a long object.
            for size in [0, 1, 65_535, 65_536, 65_537, 131_072, (5 << 20) - 1, 5 << 20, (11 << 20) + 17] {
                let bytes = pattern(size)
                let object = key("a/\(size)")
                let writer = try await store.create(object, seal: seal)
                for start in stride(from: 0, to: size, by: 100_000) {
                    try await writer.write(Array(bytes[start..<min(size, start + 100_000)]))
                }
                try await writer.finish()
                let body = try await store.read(object, range: nil, seal: seal)
                #expect(body.size == size && body.range == 0..<size)
                let read = try await body.all()
                #expect(read == bytes, "\(size) bytes")
                for range in [0..<1, 65_530..<65_545, size / 2..<(size / 2 + 70_000), max(0, size - 3)..<size + 100] {
                    let part = try await store.read(object, range: range, seal: seal)
                    #expect(part.range == range.clamped(to: 0..<size))
                    let read = try await part.all()
                    #expect(read == Array(bytes[range.clamped(to: 0..<size)]), "\(range) of \(size)")
                }
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func anUnfinishedObjectIsNotThereAndLeavesNothing(_ kind: StoreKind) async throws {
        try await kind.with { store in
            try await store.put(key("e/old"), Array("old".utf8))
            let writer = try await store.create(key("e/new"), seal: nil)
            let over = try await store.create(key("e/old"), seal: nil)
            for writer in [writer, over] { try await writer.write(pattern(6 << 20)) }
            let before = try await store.list("e/", after: nil, limit: 10).map(\.key)
            #expect(before == [key("e/old")])
            #expect(try await store.get(key("e/new")) == nil)
            #expect(try await store.get(key("e/old")) == Array("old".utf8), "the old one until the new one is whole")
            await writer.abort()
            await writer.abort()
            await over.abort()
            #expect(try await store.abortBeginnings(under: "", before: .distantFuture) == 0)
            await #expect(throws: ObjectStoreError.self) { try await writer.write([1]) }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func beginningsOfTheDeadAreSweptAndTheLivingFail(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let dead = try await store.create(key("e/1/dead"), seal: nil)
            try await dead.write(pattern(6 << 20))
            // For moto every upload began in 2010.
            if kind == .folder {
                #expect(try await store.abortBeginnings(under: "e/", before: Date(timeIntervalSinceNow: -3600)) == 0)
            }
            let other = try await store.create(key("f/alive"), seal: nil)
            try await other.write(pattern(6 << 20))
            #expect(try await store.abortBeginnings(under: "e/", before: Date(timeIntervalSinceNow: 3600)) == 1)
            try await store.put(key("f/there"), [1])
            #expect(try await store.deleteAll(under: "f/") == 1)
            // Whoever still writes where all was deleted does not succeed.
            await #expect(throws: ObjectStoreError.self) { try await dead.finish() }
            await #expect(throws: ObjectStoreError.self) { try await other.finish() }
            #expect(try await store.list("", after: nil, limit: 10).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func listsInOrderInPagesAndDeletes(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let names = ["b/1", "b/10", "b/2", "b-c", "b/20/x", "a"]
            for name in names { try await store.put(key(name), Array(name.utf8)) }
            let all = try await store.list("", after: nil, limit: 100)
            #expect(all.map(\.key) == names.map { key($0) }.sorted())
            #expect(all.allSatisfy { abs($0.modifiedAt.timeIntervalSinceNow) < 60 && $0.storedBytes > 0 })
            let first = try await store.list("b/", after: nil, limit: 2)
            #expect(first.map(\.key.rawValue) == ["b/1", "b/10"])
            let second = try await store.list("b/", after: first.last?.key, limit: 9)
            #expect(second.map(\.key.rawValue) == ["b/2", "b/20/x"])
            #expect(try await store.delete(key("b/2")))
            #expect(try await !store.delete(key("b/2")))
            await #expect(throws: ObjectStoreError.self) { try await store.read(key("b/2"), range: nil, seal: nil) }
            #expect(try await store.deleteAll(under: "b/") == 3)
            #expect(try await store.deleteAll(under: "b/") == 0)
            #expect(try await store.list("", after: nil, limit: 9).map(\.key.rawValue) == ["a", "b-c"])
        }
    }
}
