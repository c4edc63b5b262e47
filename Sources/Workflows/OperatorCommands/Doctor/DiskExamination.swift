import FoundationEssentials
import Glibc

/// Room on the disk under a folder that we write to.
struct DiskExamination: Sendable {
    let subject: String
    let folder: String
    let variable: String

    private static let least: UInt64 = 1 << 30

    func findings() -> [Finding] {
        let place = nearest()
        var state = statvfs()
        guard statvfs(place, &state) == 0 else {
            return [.bad(subject, "\(folder) cannot be looked at", "make it, or correct \(variable)")]
        }
        guard access(place, W_OK | X_OK) == 0 else {
            return [
                .bad(
                    subject, "\(folder) cannot be \(place == folder ? "written to" : "made") by this user",
                    "give it to the user that the programs run as, or correct \(variable)")
            ]
        }
        let unit = UInt64(state.f_frsize)
        return [Self.judge(subject, free: UInt64(state.f_bavail) * unit, total: UInt64(state.f_blocks) * unit)]
    }

    /// The folder, or what is there of its path: it is made when it is first needed.
    private func nearest() -> String {
        var place = folder
        while access(place, F_OK) != 0, let slash = place.lastIndex(of: "/"), place != "/" {
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
        return place
    }

    /// Too little is less than 1 GiB, or than 5 % of the disk: either may be filled before somebody looks.
    static func judge(_ subject: String, free: UInt64, total: UInt64) -> Finding {
        let share = total == 0 ? 0 : Double(free) / Double(total)
        let words = "\(Plain.fixed(Double(free) / Double(1 << 30), digits: 1)) GiB free, \(Plain.percent(share))"
        if free < least { return .bad(subject, words, "make room: at least 1 GiB") }
        return share < 0.05 ? .warning(subject, words, "make room before it fills up") : .good(subject, words)
    }
}
