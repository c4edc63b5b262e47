import EventLoop
public import FoundationEssentials
import Glibc

/// Objects as files below a folder: folders 0700, files 0600, each written beside its place, flushed to the disk and renamed.
public struct FolderStore: ObjectStore {
    private let root: String

    /// - Parameter root: An absolute path without a slash at its end. Made when first needed.
    public init(root: String) { self.root = root }

    public var holder: String { "this service's own disk" }

    public func create(_ key: ObjectKey, seal: ObjectSeal?) async throws(ObjectStoreError) -> any ObjectWriter {
        try await FolderWriter(path(key), key, seal)
    }

    public func read(
        _ key: ObjectKey, range: Range<Int>?, seal: ObjectSeal?
    ) async throws(ObjectStoreError) -> ObjectBody {
        let path = path(key)
        let reader = try await onThread { () throws(ObjectStoreError) in try FolderReader(path) }
        return try await reader.open(key, range, seal)
    }

    @discardableResult
    public func delete(_ key: ObjectKey) async throws(ObjectStoreError) -> Bool {
        let path = path(key)
        return try await onThread { () throws(ObjectStoreError) in
            if unlink(path) == 0 { return true }
            guard errno == ENOENT else { throw ObjectStoreError("delete a file", errno: errno) }
            return false
        }
    }

    @discardableResult
    public func deleteAll(under prefix: String) async throws(ObjectStoreError) -> Int {
        guard ObjectKey.isPrefix(prefix), !prefix.isEmpty else { throw Self.badPrefix }
        let folder = root + "/" + prefix.dropLast()
        return try await onThread { () throws(ObjectStoreError) in
            var count = 0
            for file in try Folders.files(below: folder) {
                guard unlink(folder + "/" + file.path) == 0 || errno == ENOENT else {
                    throw ObjectStoreError("delete a file", errno: errno)
                }
                if !file.isHidden { count += 1 }
            }
            try Folders.prune(folder)
            return count
        }
    }

    public func list(
        _ prefix: String, after key: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectEntry] {
        guard ObjectKey.isPrefix(prefix) else { throw Self.badPrefix }
        let folder = root + (prefix.isEmpty ? "" : "/" + prefix.dropLast())
        let files = try await onThread { () throws(ObjectStoreError) in try Folders.files(below: folder) }
        let entries = files.compactMap { file -> ObjectEntry? in
            guard let found = ObjectKey(prefix + file.path), key.map({ $0 < found }) ?? true else { return nil }
            return ObjectEntry(
                key: found, storedBytes: file.size, modifiedAt: Date(timeIntervalSince1970: Double(file.modified)))
        }
        return Array(entries.sorted { $0.key < $1.key }.prefix(limit))
    }

    @discardableResult
    public func abortBeginnings(under prefix: String, before time: Date) async throws(ObjectStoreError) -> Int {
        guard ObjectKey.isPrefix(prefix) else { throw Self.badPrefix }
        let folder = root + (prefix.isEmpty ? "" : "/" + prefix.dropLast())
        return try await onThread { () throws(ObjectStoreError) in
            let old = try Folders.files(below: folder).filter {
                $0.isHidden && $0.path.hasSuffix(".part") && Double($0.modified) < time.timeIntervalSince1970
            }
            return old.count { unlink(folder + "/" + $0.path) == 0 }
        }
    }

    public func directLink(
        to key: ObjectKey, fileName: String, contentType: String, at time: Date, expires: Duration
    ) throws(ObjectStoreError) -> String? { nil }

    static let badPrefix = ObjectStoreError(.refused, "a prefix is a key with a slash behind it")

    private func path(_ key: ObjectKey) -> String { root + "/" + key.rawValue }

    private func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        try await BlockingThread.result(name: "repazoo-files", work).get()
    }
}
