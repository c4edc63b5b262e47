import Archive
import Crypto
import EventLoop
import FoundationEssentials
import ObjectStore

/// Writes the three objects of an export at once, at constant memory: `export.json`, `index.html`, and `export.zip`, which holds
/// both and is what people download. Runs on a thread of its own, as compressing takes most of an export's time, and on one that
/// yields: an export may take a minute more, while whoever waits for anything else does not wait for it.
actor PackageWriter {
    enum Part: String {
        case document = "export.json"
        case page = "index.html"
    }

    struct Result: Sendable {
        let key: ObjectKey
        let bytes: Int
        let sha256: String
    }

    /// Fast: twice the speed of the usual 6 for a tenth more of bytes.
    private static let level = 2

    private nonisolated let executor = YieldingExecutor(name: "repazoo-export")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let zip: ZipWriter
    private let zipKey: ObjectKey
    private let package: any ObjectWriter
    private let parts: [any ObjectWriter]
    private var zipDigest = SHA256()
    private var zipBytes = 0
    private var documentDigest = SHA256()
    private var part = Part.document
    private var frame = RecordFrame(isInPage: false)

    /// - Parameter folder: A prefix of keys that nobody else writes to.
    static func open(_ store: any ObjectStore, folder: String, seal: ObjectSeal) async throws -> PackageWriter {
        func key(_ name: String) throws -> ObjectKey {
            guard let key = ObjectKey(folder + name) else {
                throw ObjectStoreError(.refused, "an export's folder has no such name")
            }
            return key
        }
        let zipKey = try key("export.zip")
        let package = try await store.create(zipKey, seal: seal)
        let document = try await store.create(try key(Part.document.rawValue), seal: seal)
        let page = try await store.create(try key(Part.page.rawValue), seal: seal)
        return try PackageWriter(zipKey, package, [document, page])
    }

    private init(_ zipKey: ObjectKey, _ package: any ObjectWriter, _ parts: [any ObjectWriter]) throws {
        zip = try ZipWriter(level: Self.level)
        self.zipKey = zipKey
        self.package = package
        self.parts = parts
    }

    func begin(_ part: Part, at time: Date) throws {
        self.part = part
        try zip.begin(part.rawValue, at: time)
    }

    func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// JSON that goes into the page as data.
    func writeEscaped(_ text: String) async throws {
        var bytes: [UInt8] = []
        RecordFrame.escape(text.utf8, into: &bytes)
        try await write(bytes)
    }

    /// The object's own thread seals and stores the bytes while this one compresses them.
    func write(_ bytes: [UInt8]) async throws {
        let object = parts[part == .document ? 0 : 1]
        async let stored: Void = object.write(bytes)
        if part == .document { documentDigest.update(data: bytes) }
        try zip.write(bytes)
        try await stored
        try await passOn()
    }

    // MARK: Records

    func beginRecords() { frame = RecordFrame(isInPage: part == .page) }

    /// A piece of a binary COPY.
    func writeRecords(_ piece: [UInt8]) async throws { try await write(try frame.elements(of: piece)) }

    /// Their number.
    func endRecords() throws -> Int {
        try frame.finish()
        return frame.count
    }

    /// The digest of all of the document so far.
    var digest: String { Self.hex(documentDigest.finalize()) }

    // MARK: Ends

    func finish() async throws -> Result {
        try zip.finish()
        try await passOn()
        for part in parts { try await part.finish() }
        try await package.finish()
        return Result(key: zipKey, bytes: zipBytes, sha256: Self.hex(zipDigest.finalize()))
    }

    func abort() async {
        for part in parts { await part.abort() }
        await package.abort()
    }

    private func passOn() async throws {
        let bytes = zip.take()
        guard !bytes.isEmpty else { return }
        zipDigest.update(data: bytes)
        zipBytes += bytes.count
        try await package.write(bytes)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
