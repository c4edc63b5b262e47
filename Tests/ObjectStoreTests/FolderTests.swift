import Foundation
import Glibc
import TestKit
import Testing

@testable import ObjectStore

/// What is true of files only: rights, the seal, and what lies in the folder.
@Suite(.timeLimit(.minutes(1)))
struct FolderTests {
    @Test func filesAreThisUsersAloneAndSealedOnesSayNothing() async throws {
        try await TemporaryFolder.with { folder in
            let store = FolderStore(root: folder + "/deep/store")
            let secret = String(repeating: "canary text ", count: 10_000)
            try await store.put(key("x/y"), Array(secret.utf8), seal: ObjectSeal())
            let path = folder + "/deep/store/x/y"
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            #expect(stat(folder + "/deep/store/x", &status) == 0 && status.st_mode & 0o777 == 0o700)
            let bytes = try Data(contentsOf: URL(filePath: path))
            #expect(bytes.count > secret.utf8.count && bytes.range(of: Data("canary".utf8)) == nil)
        }
    }

    @Test(arguments: ["flipped", "cut", "cut at a chunk", "chunks exchanged", "another name", "another seal", "head"])
    func aSealedFileThatIsNotAsItWasDoesNotOpen(_ harm: String) async throws {
        try await TemporaryFolder.with { folder in
            let store = FolderStore(root: folder)
            var seal = ObjectSeal()
            try await store.put(key("o"), pattern(200_000), seal: seal)
            var (bytes, name) = (Array(try Data(contentsOf: URL(filePath: folder + "/o"))), "o")
            let chunk = SealedLayout.chunk + SealedLayout.tag
            let head = SealedLayout.headLength
            switch harm {
            case "flipped": bytes[head + chunk + 5] ^= 1
            case "cut": bytes.removeLast(10)
            case "cut at a chunk": bytes.removeLast((bytes.count - head) % chunk)
            case "chunks exchanged":
                let first = Array(bytes[head..<head + chunk])
                bytes.replaceSubrange(head..<head + chunk, with: Array(bytes[head + chunk..<head + 2 * chunk]))
                bytes.replaceSubrange(head + chunk..<head + 2 * chunk, with: first)
            case "another name": name = "p"
            case "another seal": seal = ObjectSeal()
            default: bytes[20] ^= 1
            }
            try Data(bytes).write(to: URL(filePath: folder + "/" + name))
            let error = await #expect(throws: ObjectStoreError.self) {
                _ = try await store.read(key(name), range: nil, seal: seal).all()
            }
            #expect(error?.kind == .corrupt)
        }
    }

    @Test func aLinkInTheFolderIsNotFollowed() async throws {
        try await TemporaryFolder.with { folder in
            try Data("outside".utf8).write(to: URL(filePath: folder + "/outside"))
            try FileManager.default.createDirectory(atPath: folder + "/in", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/in/link", withDestinationPath: folder + "/outside")
            let store = FolderStore(root: folder + "/in")
            await #expect(throws: ObjectStoreError.self) { try await store.read(key("link"), range: nil, seal: nil) }
            #expect(try await store.list("", after: nil, limit: 5).isEmpty)
        }
    }

    @Test(arguments: ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.b", "a b", "ä", "a\u{0}", "a\\b"])
    func keysThatAreNone(_ text: String) { #expect(ObjectKey(text) == nil) }

    @Test func aFolderThatCannotBeWrittenSaysWhatToDo() async throws {
        let error = await #expect(throws: ObjectStoreError.self) {
            try await FolderStore(root: "/proc/none").put(key("a"), [1])
        }
        #expect(error.map { "\($0)".contains("object store: cannot make a folder") } == true)
    }
}
