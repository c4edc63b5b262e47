/// Where a provider is reached: `https`, or `http` on this machine or in a private network for a sandbox; perhaps with a path,
/// without user, query and fragment.
public struct BaseURL: Sendable {
    /// Without a slash at its end.
    public let text: String
    /// Set for `http` to another host than this machine: a name without a dot, as containers have in a network of their own.
    /// `HTTPClient` refuses it unless its configuration names the host.
    public let plainHost: String?

    /// Nil if `text` is anything else.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains(where: { "?#@\\".contains($0) }),
            let scheme = ["https://", "http://"].first(where: text.lowercased().hasPrefix)
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let isSafe = scheme == "https://" || Self.isLoopback(authority.lowercased())
        let host = authority.lowercased().prefix { $0 != ":" }
        guard !authority.isEmpty, isSafe || Self.isPrivateName(host) else { return nil }
        plainHost = isSafe ? nil : String(host)
        self.text =
            scheme + String(rest[..<(rest.lastIndex { $0 != "/" }.map { rest.index(after: $0) } ?? rest.endIndex)])
    }

    /// No domain of the internet: those have at least two labels.
    private static func isPrivateName(_ host: Substring) -> Bool {
        !host.isEmpty
            && host.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            } && !host.utf8.allSatisfy { (0x30...0x39).contains($0) }
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
