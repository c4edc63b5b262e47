import Privacy

/// Which value of a claim has which role: `value=role`, one a line or separated by `;`. The first line that fits counts, so the order
/// says what somebody is who is in several groups.
struct RoleMap: Sendable, Equatable {
    private struct Line: Sendable, Equatable {
        let value: String
        let role: ConsoleRole
    }

    /// A name, or a path of names with dots (`realm_access.roles`).
    let claim: String
    private let lines: [Line]

    /// - Returns: The faults in plain words. No line at all is a fault: nobody would have a role.
    static func read(_ text: String, claim: String) -> (map: RoleMap, faults: [String]) {
        var (lines, faults): ([Line], [String]) = ([], [])
        let entries = text.split { $0 == "\n" || $0 == ";" || $0 == "\r\n" }.map { $0.drop { $0 == " " } }
        for (index, entry) in entries.enumerated() where !entry.isEmpty {
            // A value may hold = itself, as the names of groups in a directory do.
            guard let mark = entry.lastIndex(of: "="), mark > entry.startIndex else {
                faults.append("line \(index + 1): expected value=role")
                continue
            }
            guard let role = ConsoleRole(rawValue: String(entry[entry.index(after: mark)...])) else {
                let known = ConsoleRole.allCases.map(\.rawValue).joined(separator: ", ")
                faults.append("line \(index + 1): its role is none of \(known)")
                continue
            }
            lines.append(Line(value: String(entry[..<mark]), role: role))
        }
        if lines.isEmpty, faults.isEmpty {
            faults.append("is not set; expected value=role for each group that may use the console")
        }
        return (RoleMap(claim: claim, lines: lines), faults)
    }

    /// Nil for somebody of no group that is named.
    func role(in claims: JSONValue) -> ConsoleRole? {
        let values = Set(Self.texts(value(in: claims)))
        return lines.first { values.contains($0.value) }?.role
    }

    private func value(in claims: JSONValue) -> JSONValue? {
        // A claim's own name may hold dots: those of some providers are addresses.
        claims[claim]
            ?? claim.split(separator: ".").reduce(claims) { (found: JSONValue?, name) in found?[String(name)] }
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        value?.string.map { [$0] } ?? value?.elements?.compactMap(\.string) ?? []
    }
}
