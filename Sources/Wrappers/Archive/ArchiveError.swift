import CArchive

/// libarchive's own word for what went wrong. It may name a member of the archive, never its content.
public struct ArchiveError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    init(_ archive: OpaquePointer, _ action: String) {
        description =
            "cannot \(action): " + (archive_error_string(archive).map { String(cString: $0) } ?? "no reason given")
    }
}
