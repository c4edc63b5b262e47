public import FoundationEssentials

/// Where whole files are kept under names: a folder, or a bucket of S3. Safe from any task.
///
/// An object is there as a whole or not at all: it appears when its writer has finished, with all its bytes, in place of one
/// that was there under the same key. No key may continue another one behind a slash, as no file is a folder too. Whatever a process that died has begun stays out of sight until `abortBeginnings`.
public protocol ObjectStore: Sendable {
    /// Begins an object.
    ///
    /// - Parameter seal: Encrypts it before it is stored, in stores that do not encrypt by themselves. A reader needs the same.
    func create(_ key: ObjectKey, seal: ObjectSeal?) async throws(ObjectStoreError) -> any ObjectWriter

    /// - Parameter range: Of the object's own bytes; cut to what there is. Nil = all.
    /// - Throws: `.notFound`; `.corrupt` when the seal is another, or the object is not as it was written.
    func read(_ key: ObjectKey, range: Range<Int>?, seal: ObjectSeal?) async throws(ObjectStoreError) -> ObjectBody

    /// True if it was there.
    @discardableResult
    func delete(_ key: ObjectKey) async throws(ObjectStoreError) -> Bool

    /// Deletes every object whose key begins with `prefix`, which ends with a slash, and whatever was begun there: a writer at
    /// work fails. Returns the number of objects.
    @discardableResult
    func deleteAll(under prefix: String) async throws(ObjectStoreError) -> Int

    /// Objects whose keys begin with `prefix` (empty, or ending with a slash), in the order of their keys' bytes, behind `key`.
    func list(_ prefix: String, after key: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> [ObjectEntry]

    /// Removes what was begun before `time` and never finished. Returns the number.
    @discardableResult
    func abortBeginnings(under prefix: String, before time: Date) async throws(ObjectStoreError) -> Int

    /// An address from which anybody can fetch the object by themselves for so long; nil in a store that has none.
    func directLink(
        to key: ObjectKey, fileName: String, contentType: String, at time: Date, expires: Duration
    ) throws(ObjectStoreError) -> String?

    /// Who receives what is stored here, for people: "this service's own disk", "Amazon S3, region eu-central-1".
    var holder: String { get }
}

/// One object being written. Used by one task at a time.
public protocol ObjectWriter: AnyObject, Sendable {
    /// Returns when there is room for more.
    func write(_ bytes: [UInt8]) async throws(ObjectStoreError)
    /// Returns when the object is stored for good. Nothing may follow.
    func finish() async throws(ObjectStoreError)
    /// Leaves nothing behind. Also after a failed `write` or `finish`.
    func abort() async
}

public struct ObjectEntry: Sendable, Equatable {
    public let key: ObjectKey
    /// As stored: with a seal a little more than the object's own bytes.
    public let storedBytes: Int
    public let modifiedAt: Date

    public init(key: ObjectKey, storedBytes: Int, modifiedAt: Date) {
        self.key = key
        self.storedBytes = storedBytes
        self.modifiedAt = modifiedAt
    }
}

/// The bytes of an object, or a range of them, in pieces. One pass.
public struct ObjectBody: AsyncSequence, Sendable {
    public typealias Element = [UInt8]

    /// Of the whole object.
    public let size: Int
    /// What the sequence gives.
    public let range: Range<Int>
    private let pull: @Sendable () async throws(ObjectStoreError) -> [UInt8]?

    public init(
        size: Int, range: Range<Int>, pull: @escaping @Sendable () async throws(ObjectStoreError) -> [UInt8]?
    ) {
        self.size = size
        self.range = range
        self.pull = pull
    }

    public func makeAsyncIterator() -> Iterator { Iterator(pull: pull) }

    public struct Iterator: AsyncIteratorProtocol {
        let pull: @Sendable () async throws(ObjectStoreError) -> [UInt8]?

        public mutating func next() async throws(ObjectStoreError) -> [UInt8]? { try await pull() }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ObjectStoreError) -> [UInt8]? { try await pull() }
    }
}

extension ObjectStore {
    /// Stores a small object.
    public func put(
        _ key: ObjectKey, _ bytes: [UInt8], seal: ObjectSeal? = nil
    ) async throws(ObjectStoreError) {
        let writer = try await create(key, seal: seal)
        do throws(ObjectStoreError) {
            try await writer.write(bytes)
            try await writer.finish()
        } catch {
            await writer.abort()
            throw error
        }
    }

    /// A small object; nil if it is not there.
    ///
    /// - Throws: `.tooLarge` above `maximum` bytes.
    public func get(
        _ key: ObjectKey, maximum: Int = 1 << 20, seal: ObjectSeal? = nil
    ) async throws(ObjectStoreError) -> [UInt8]? {
        let body: ObjectBody
        do throws(ObjectStoreError) { body = try await read(key, range: nil, seal: seal) } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
        guard body.size <= maximum else { throw ObjectStoreError(.tooLarge, "an object is larger than expected") }
        var bytes: [UInt8] = []
        var pieces = body.makeAsyncIterator()
        while let piece = try await pieces.next() { bytes += piece }
        return bytes
    }
}
