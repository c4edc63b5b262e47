import Glibc

/// A file being written under a hidden name beside its own. It takes its own name when it is whole; until then, and when
/// nobody holds it any more, it is as if it had never been.
final class PartFile {
    private let descriptor: Int32
    private let folder: String
    private let part: String
    private let final: String
    private var isThere = true

    /// Makes the folders above it, for this user alone.
    init(_ path: String) throws(ObjectStoreError) {
        folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        try Folders.make(folder)
        let name = path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
        part = folder + "/." + name + "." + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ".part"
        final = path
        descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ObjectStoreError("begin a file", errno: errno) }
    }

    deinit {
        if isThere { unlink(part) }
        if descriptor >= 0 { close(descriptor) }
    }

    func write(_ bytes: [UInt8]) throws(ObjectStoreError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ObjectStoreError("write a file", errno: errno) }
            offset += count
        }
    }

    /// The bytes are on the disk before the name is, and the name before this returns.
    func keep() throws(ObjectStoreError) {
        guard fsync(descriptor) == 0 else { throw ObjectStoreError("write a file to the disk", errno: errno) }
        guard rename(part, final) == 0 else {
            if errno == ENOENT { throw ObjectStoreError(.aborted, "what was begun has been taken away") }
            throw ObjectStoreError("name a file", errno: errno)
        }
        isThere = false
        try Folders.sync(folder)
    }

    func discard() {
        if isThere { unlink(part) }
        isThere = false
    }
}
