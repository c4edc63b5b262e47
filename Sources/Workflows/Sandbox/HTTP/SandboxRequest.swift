/// One request as the providers see it.
struct SandboxRequest: Sendable {
    var method: String
    /// Percent-decoded, without the query.
    var path: String
    var query: FormFields
    /// Names in lower case; values of a repeated header joined by commas.
    var headers: [String: String]
    var body: [UInt8]

    /// The path after the prefix, split at its slashes.
    func segments(after prefix: String) -> [String] {
        path.dropFirst(prefix.count).split(separator: "/").map(String.init)
    }

    /// `application/json` of `application/json; charset=utf-8`.
    var mediaType: String {
        let value = headers["content-type"]?.split(separator: ";").first ?? ""
        return value.trimmingSpaces().lowercased()
    }

    var bearer: String? {
        guard let value = headers["authorization"], value.lowercased().hasPrefix("bearer ") else { return nil }
        let token = value.dropFirst(7).trimmingSpaces()
        return token.isEmpty ? nil : token
    }

    func isUnder(_ prefix: String) -> Bool { path == prefix || path.hasPrefix(prefix + "/") }
}

extension StringProtocol {
    func trimmingSpaces() -> String {
        var rest = Substring(self)
        while let first = rest.first, first == " " || first == "\t" || first == "\r" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" || last == "\r" { rest.removeLast() }
        return String(rest)
    }
}
