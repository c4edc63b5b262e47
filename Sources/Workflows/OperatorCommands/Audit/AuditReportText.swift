import AuditTrail

/// What a verification found, in words and in JSON. Pure.
struct AuditReportText {
    let report: AuditReport
    let isOneUser: Bool
    let hasCopy: Bool

    var lines: [String] {
        var lines = report.faults.map { "✗ \($0.words)" }
        let untold = report.faultCount - report.faults.count
        if untold > 0 { lines.append("✗ and \(Plain.count(untold, "fault")) more") }
        lines.append((report.isSound ? "✓ " : "✗ ") + summary)
        if let last = report.lastCheckpoint {
            lines.append(
                "  \(Plain.count(report.checkpoints, "checkpoint")), the last of \(Plain.moment(last.at)) over "
                    + "\(Plain.count(last.entries, "entry", "entries")); "
                    + (report.signaturesAreChecked
                        ? "their signatures were checked" : "their signatures were not checked: set AUDIT_PUBLIC_KEY"))
        }
        if hasCopy, report.isSound { lines.append("  the copy is one of them") }
        if report.uncovered > 0 {
            lines.append(
                "- \(Plain.count(report.uncovered, "entry", "entries")) not covered by a checkpoint yet; "
                    + "`repazoo audit checkpoint` makes one")
        }
        return lines
    }

    private var summary: String {
        if report.entries == 0, report.isSound { return isOneUser ? "no entries about this user" : "no entries" }
        let found =
            "\(Plain.count(report.entries, "entry", "entries")) in \(Plain.count(report.chains, "chain"))"
        return report.isSound
            ? "\(found): whole and unchanged" : "\(found): \(Plain.count(report.faultCount, "fault")) found"
    }

    var json: JSON {
        .object([
            .init("sound", .bool(report.isSound)), .init("entries", JSON(count: report.entries)),
            .init("chains", JSON(count: report.chains)), .init("fault_count", JSON(count: report.faultCount)),
            .init("faults", .array(report.faults.map(Self.json))),
            .init("checkpoints", JSON(count: report.checkpoints)),
            .init("signatures_checked", .bool(report.signaturesAreChecked)),
            .init("uncovered", JSON(count: report.uncovered)),
        ])
    }

    private static func json(_ fault: AuditFault) -> JSON {
        .object([
            .init("kind", .string(fault.word)), .init("chain", fault.chain.map { JSON(count: $0) } ?? .null),
            .init("user", fault.user.map { .string($0.masked) } ?? .null),
            .init("position", JSON(count: fault.position)), .init("words", .string(fault.words)),
        ])
    }
}
