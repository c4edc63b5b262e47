import CArchive
public import FoundationEssentials

/// Writes a ZIP archive (ZIP64 where sizes ask for it) into memory, from which it is taken piece by piece: nothing is sought
/// back to, so that archives of any size can be streamed. Compressed by deflate.
///
/// One thread at a time; every call computes, none waits.
public final class ZipWriter {
    private final class Output {
        var bytes: [UInt8] = []
    }

    private let archive: OpaquePointer
    private let output = Output()
    private var entry: OpaquePointer?

    /// - Parameter level: 1 (fast) to 9 (small).
    public init(level: Int = 6) throws(ArchiveError) {
        guard let archive = archive_write_new() else { throw ArchiveError("out of memory") }
        self.archive = archive
        try check(archive_write_set_format_zip(archive), "write ZIP")
        try check(archive_write_set_format_option(archive, "zip", "compression-level", "\(level)"), "set the level")
        archive_write_set_bytes_per_block(archive, 0)
        archive_write_set_bytes_in_last_block(archive, 1)
        let code = archive_write_open2(
            archive, Unmanaged.passUnretained(output).toOpaque(), nil,
            { _, context, bytes, count in
                guard let context, let bytes else { return -1 }
                Unmanaged<Output>.fromOpaque(context).takeUnretainedValue().bytes.append(
                    contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
                return count
            }, nil, nil)
        try check(code, "begin an archive")
    }

    deinit {
        // Closing writes the directory: into `output`, which is still there.
        archive_write_free(archive)
        if let entry { archive_entry_free(entry) }
    }

    /// Begins a member; the one before has ended.
    public func begin(_ name: String, at time: Date) throws(ArchiveError) {
        guard let entry = archive_entry_new() else { throw ArchiveError("out of memory") }
        self.entry.map { archive_entry_free($0) }
        self.entry = entry
        archive_entry_set_pathname(entry, name)
        archive_entry_set_filetype(entry, 0o100000)  // AE_IFREG, a macro with a cast
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_mtime(entry, time_t(time.timeIntervalSince1970), 0)
        try check(archive_write_header(archive, entry), "begin \(name)")
    }

    public func write(_ bytes: [UInt8]) throws(ArchiveError) {
        guard !bytes.isEmpty else { return }
        let count = bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw ArchiveError(archive, "compress") }
    }

    /// Writes the directory. Nothing may follow but `take`.
    public func finish() throws(ArchiveError) {
        try check(archive_write_finish_entry(archive), "end a member")
        try check(archive_write_close(archive), "end an archive")
    }

    /// What has come out since it was last asked for.
    public func take() -> [UInt8] {
        defer { output.bytes = [] }
        return output.bytes
    }

    private func check(_ code: Int32, _ action: String) throws(ArchiveError) {
        guard code == ARCHIVE_OK else { throw ArchiveError(archive, action) }
    }
}
