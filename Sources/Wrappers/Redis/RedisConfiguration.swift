/// Where a Redis server is and how long to wait for it. Prints without user and password.
public struct RedisConfiguration: Sendable {
    public enum Address: Hashable, Sendable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    /// Why a URL is no good. Never holds any part of it.
    public struct InvalidURL: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    public let address: Address
    let username: String?
    let password: String?
    public let database: Int

    /// What `CLIENT LIST` shows. No spaces.
    public var clientName = "repazoo"
    /// For the connection and for each step of the log-in. Name look-up has the resolver's own time-outs.
    public var connectTimeout: Duration = .seconds(5)
    /// From sending a command to its reply. The same for all, since replies come in the order of the commands.
    public var commandTimeout: Duration = .seconds(5)
    /// How long a command waits for a connection before it fails as `unavailable`.
    public var availabilityTimeout: Duration = .seconds(2)
    /// Commands sent and not yet answered, and apart from them commands waiting for a connection.
    public var maximumInFlight = 10_000

    /// `redis://[user[:password]@]host[:port][/database]`, `redis://:password@host` for the default user, or
    /// `unix:///path/to/socket[?db=database]`. User, password and path may be percent-encoded.
    public init(url: String) throws(InvalidURL) {
        if url.hasPrefix("unix://") {
            let parts = url.dropFirst("unix://".count).split(
                separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let path = try Self.decoded(parts[0])
            // sockaddr_un holds 108 bytes with the closing zero.
            guard path.hasPrefix("/"), path.utf8.count < 108 else {
                throw InvalidURL(description: "unix:// needs an absolute path of at most 107 bytes: unix:///path")
            }
            address = .unix(path: path)
            (username, password) = (nil, nil)
            database = parts.count == 2 ? try Self.database(query: parts[1]) : 0
            return
        }
        guard !url.hasPrefix("rediss://") else {
            throw InvalidURL(
                description:
                    "rediss:// is not possible, as hiredis 0.14 has no TLS: use unix:///path on the same machine, or "
                    + "redis:// to the local end of a TLS tunnel such as stunnel")
        }
        guard url.hasPrefix("redis://") else {
            throw InvalidURL(description: "expected redis://[user:password@]host:port/database or unix:///path")
        }
        let rest = url.dropFirst("redis://".count)
        guard !rest.contains("?"), !rest.contains("#") else {
            throw InvalidURL(description: "redis:// takes no parameters; percent-encode ? and # in user and password")
        }
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        database = try Self.database(path: parts.count == 2 ? parts[1] : "")
        let at = parts[0].lastIndex(of: "@")
        (username, password) = try Self.credentials(at.map { parts[0][..<$0] })
        address = try Self.server(at.map { parts[0][parts[0].index(after: $0)...] } ?? parts[0])
    }

    // MARK: Parts

    private static func credentials(_ text: Substring?) throws(InvalidURL) -> (String?, String?) {
        guard let text else { return (nil, nil) }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = try decoded(parts[0])
        guard parts.count == 2 else {
            throw InvalidURL(description: "a user needs a password: redis://user:password@host")
        }
        return (user.isEmpty ? nil : user, try decoded(parts[1]))
    }

    private static func server(_ text: Substring) throws(InvalidURL) -> Address {
        var (host, port) = (text, Substring())
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            port = text[text.index(after: end)...]
            guard port.isEmpty || port.hasPrefix(":") else {
                throw InvalidURL(description: "expected :port after [address]")
            }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[colon...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw InvalidURL(description: "the host is missing or not a host name")
        }
        if port.isEmpty { return .tcp(host: String(host), port: 6379) }
        guard let number = Int(port.dropFirst()), (1...65535).contains(number) else {
            throw InvalidURL(description: "the port is not a number from 1 to 65535")
        }
        return .tcp(host: String(host), port: number)
    }

    private static func database(path: Substring) throws(InvalidURL) -> Int {
        if path.isEmpty { return 0 }
        guard let number = Int(path), (0...65535).contains(number) else {
            throw InvalidURL(description: "the database is not a number: redis://host:port/0")
        }
        return number
    }

    private static func database(query: Substring) throws(InvalidURL) -> Int {
        guard query.hasPrefix("db=") else { throw InvalidURL(description: "unix:// takes one parameter only: ?db=0") }
        return try database(path: query.dropFirst(3))
    }

    private static func decoded(_ text: Substring) throws(InvalidURL) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            rest = rest.dropFirst(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0
            else { throw InvalidURL(description: "a percent sign needs two hexadecimal digits other than 00") }
            bytes.append(value)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InvalidURL(description: "percent-encoded text is not UTF-8")
        }
        return text
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomReflectable {
    public var description: String {
        switch address {
        case .tcp(let host, let port): "redis://\(host):\(port)/\(database)"
        case .unix(let path): "unix://\(path)?db=\(database)"
        }
    }

    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
