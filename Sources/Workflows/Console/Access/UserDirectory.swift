import Passwords

/// Who may sign in: `name:role:hash`, one a line or separated by `;`. Lines that begin with `#` are comments.
struct UserDirectory: Sendable {
    struct Entry: Sendable {
        let name: String
        let role: ConsoleRole
        let password: PasswordHash
    }

    private let entries: [String: Entry]

    /// - Returns: The faults in plain words, by line; never a part of a line but its name.
    static func read(_ text: String) -> (directory: UserDirectory, faults: [String]) {
        var entries: [String: Entry] = [:]
        var faults: [String] = []
        for (index, line) in text.split(whereSeparator: { $0 == "\n" || $0 == ";" || $0 == "\r\n" }).enumerated() {
            let line = line.drop { $0 == " " }
            if line.isEmpty || line.hasPrefix("#") { continue }
            do throws(Fault) {
                let entry = try Self.entry(line)
                guard entries.updateValue(entry, forKey: entry.name) == nil else {
                    throw Fault("\(entry.name) is there twice")
                }
            } catch { faults.append("line \(index + 1): \(error.text)") }
        }
        return (UserDirectory(entries: entries), faults)
    }

    subscript(name: String) -> Entry? { entries[name] }

    var isEmpty: Bool { entries.isEmpty }

    private struct Fault: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private static func entry(_ line: Substring) throws(Fault) -> Entry {
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { throw Fault("expected name:role:hash") }
        guard isName(parts[0]) else {
            throw Fault("a name is 1 to 64 letters, digits and . _ - @")
        }
        guard let role = ConsoleRole(rawValue: parts[1]) else {
            throw Fault("\(parts[0])'s role is none of \(ConsoleRole.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let hash = PasswordHash(parts[2]) else {
            throw Fault("\(parts[0])'s hash is none; `repazoo console hash` makes one")
        }
        return Entry(name: parts[0], role: role, password: hash)
    }

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || ".-_@".utf8.contains(byte)
            }
    }
}
