import CArchive

/// Reads the members of a ZIP file in their order, each piece by piece. One thread at a time; calls block on the file.
public final class ZipReader {
    private let archive: OpaquePointer

    public init(path: String) throws(ArchiveError) {
        guard let archive = archive_read_new() else { throw ArchiveError("out of memory") }
        self.archive = archive
        guard archive_read_support_format_zip(archive) == ARCHIVE_OK,
            archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK
        else { throw ArchiveError(archive, "read the archive") }
    }

    deinit { archive_read_free(archive) }

    /// The name of the next member; nil after the last.
    public func next() throws(ArchiveError) -> String? {
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_OK: return entry.flatMap { archive_entry_pathname($0) }.map { String(cString: $0) } ?? ""
        case ARCHIVE_EOF: return nil
        default: throw ArchiveError(archive, "read the archive")
        }
    }

    /// The next bytes of this member; nil at its end, where its checksum has been found right.
    public func read() throws(ArchiveError) -> [UInt8]? {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
            count = archive_read_data(archive, buffer.baseAddress, buffer.count)
            filled = max(0, count)
        }
        guard count >= 0 else { throw ArchiveError(archive, "read a member") }
        return count == 0 ? nil : bytes
    }
}
