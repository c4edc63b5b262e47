/// Where a provider is reached: `https`, or `http` on this machine for a sandbox; perhaps with a path, without user,
/// query and fragment.
public struct BaseURL: Sendable {
    /// Without a slash at its end.
    public let text: String

    /// Nil if `text` is anything else.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains(where: { "?#@\\".contains($0) }),
            let scheme = ["https://", "http://"].first(where: text.lowercased().hasPrefix)
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard !authority.isEmpty, scheme == "https://" || Self.isLoopback(authority.lowercased()) else { return nil }
        self.text =
            scheme + String(rest[..<(rest.lastIndex { $0 != "/" }.map { rest.index(after: $0) } ?? rest.endIndex)])
    }

    private static func isLoopback(_ authority: String) -> Bool {
        if authority == "[::1]" || authority.hasPrefix("[::1]:") { return true }
        let host = authority.prefix { $0 != ":" }
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8($0) != nil }
    }
}
