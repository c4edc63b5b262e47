import Glibc
import Testing

/// A server thread's own rhythm; never called on a task.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

func fileBytes(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&piece, 1, piece.count, file)
        guard count > 0 else { return bytes }
        bytes += piece[..<count]
    }
}

/// Resident memory of this process, in MiB.
func residentMegabytes() throws -> Int {
    let words = String(decoding: try fileBytes("/proc/self/statm"), as: UTF8.self).split(separator: " ")
    return (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) >> 20
}
