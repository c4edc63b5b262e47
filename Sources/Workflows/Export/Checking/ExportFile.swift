import Archive
import Crypto
import EventLoop
import FoundationEssentials
import Glibc

/// An export as a file: the ZIP that was downloaded, or the document out of it.
public enum ExportFile {
    public struct Finding: Sendable {
        public let exportID: String?
        public let snapshotAt: String?
        public let counts: [(name: String, count: Int)]
        /// Of the file itself, as `export.ready` and `data_exports` give it for the ZIP.
        public let sha256: String
        public let bytes: Int
        public let isArchive: Bool
        /// Empty when all is well.
        public let problems: [String]
    }

    public struct Unreadable: Error, CustomStringConvertible {
        public let description: String
    }

    /// Reads it once or twice, at constant memory, on a thread of its own.
    public static func check(path: String) async throws -> Finding {
        try await BlockingThread.run(name: "repazoo-verify") { try read(path) }
    }

    private static func read(_ path: String) throws -> Finding {
        let (sha256, bytes, isArchive) = try digest(path)
        var check = try DocumentCheck()
        var problems: [String] = []
        if isArchive {
            do throws(ArchiveError) { problems = try readArchive(path, &check) } catch {
                problems.append("\(error)")
            }
        } else {
            try pieces(of: path) { check.read($0) }
        }
        check.finish()
        return Finding(
            exportID: check.exportID, snapshotAt: check.snapshotAt, counts: check.counts, sha256: sha256, bytes: bytes,
            isArchive: isArchive, problems: problems + check.problems)
    }

    private static func readArchive(_ path: String, _ check: inout DocumentCheck) throws(ArchiveError) -> [String] {
        let archive = try ZipReader(path: path)
        var names: [String] = []
        while let name = try archive.next() {
            names.append(name)
            while let piece = try archive.read() {
                if name == PackageWriter.Part.document.rawValue { check.read(piece) }
            }
        }
        let expected = [PackageWriter.Part.document, .page].map(\.rawValue)
        return names == expected ? [] : ["the archive does not hold \(expected.joined(separator: " and ")) alone"]
    }

    private static func digest(_ path: String) throws -> (sha256: String, bytes: Int, isArchive: Bool) {
        var (digest, bytes, isArchive) = (SHA256(), 0, false)
        try pieces(of: path) { piece in
            if bytes == 0 { isArchive = piece.starts(with: [0x50, 0x4B]) }
            digest.update(data: piece)
            bytes += piece.count
        }
        let text = digest.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        return (text, bytes, isArchive)
    }

    private static func pieces(of path: String, _ each: ([UInt8]) -> Void) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Unreadable(description: "cannot read the file: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        while true {
            var failure: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 { failure = errno }
                filled = max(0, count)
            }
            guard failure == 0 else {
                throw Unreadable(description: "cannot read the file: \(String(cString: strerror(failure)))")
            }
            if piece.isEmpty { return }
            each(piece)
        }
    }
}
