import EventLoop
import Glibc

/// Reads a range of one file, piece by piece, opening its seal.
actor FolderReader {
    private nonisolated let executor = BlockingExecutor(label: "repazoo.object")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let file: ReadFile
    private var layout: SealedLayout?
    private var position = 0
    private var end = 0
    private var size = 0

    init(_ path: String) throws(ObjectStoreError) { file = try ReadFile(path) }

    func open(_ key: ObjectKey, _ range: Range<Int>?, _ seal: ObjectSeal?) throws(ObjectStoreError) -> ObjectBody {
        size = file.size
        if let seal {
            layout = try SealedLayout(seal, key, reading: try file.read(at: 0, SealedLayout.headLength))
            guard let plain = SealedLayout.plainSize(ofFile: file.size) else {
                throw ObjectStoreError(.corrupt, "an object has lost its end")
            }
            size = plain
        }
        let wanted = (range ?? 0..<size).clamped(to: 0..<size)
        (position, end) = (wanted.lowerBound, wanted.upperBound)
        // An object cut at a chunk's end has a size that could be: its last chunk tells.
        if layout != nil { _ = try chunk(SealedLayout.lastChunk(ofPlain: size)) }
        return ObjectBody(size: size, range: wanted) { [self] () async throws(ObjectStoreError) in try await next() }
    }

    private func next() throws(ObjectStoreError) -> [UInt8]? {
        guard position < end else { return nil }
        let number = position / SealedLayout.chunk
        let start = number * SealedLayout.chunk
        let piece = try chunk(number)
        let rest = piece[(position - start)..<min(piece.count, end - start)]
        guard !rest.isEmpty else { throw ObjectStoreError(.corrupt, "an object became shorter") }
        position += rest.count
        return Array(rest)
    }

    private func chunk(_ number: Int) throws(ObjectStoreError) -> [UInt8] {
        let start = number * SealedLayout.chunk
        let length = min(SealedLayout.chunk, size - start)
        guard let layout else { return try file.read(at: start, length) }
        return try layout.open(
            try file.read(at: SealedLayout.offset(ofChunk: number), length + SealedLayout.tag), number: number,
            isLast: number == SealedLayout.lastChunk(ofPlain: size))
    }
}

/// An open file.
final class ReadFile: Sendable {
    private let descriptor: Int32
    let size: Int

    init(_ path: String) throws(ObjectStoreError) {
        descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw ObjectStoreError("read a file", errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ObjectStoreError(.notFound, "not a file")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Exactly so many bytes.
    func read(at offset: Int, _ count: Int) throws(ObjectStoreError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while filled < count {
                let more = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if more < 0, errno == EINTR { continue }
                if more < 0 { failure = errno }
                guard more > 0 else { return }
                filled += more
            }
        }
        if failure != 0 { throw ObjectStoreError("read a file", errno: failure) }
        guard bytes.count == count else { throw ObjectStoreError(.corrupt, "an object is shorter than it was") }
        return bytes
    }
}
