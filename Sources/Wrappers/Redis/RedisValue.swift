/// A reply. Arrays nest at most 7 levels: hiredis 0.14 takes more for a broken connection.
public enum RedisValue: Hashable, Sendable {
    case null
    /// A short answer of the server's own, such as `OK`.
    case status(String)
    case string([UInt8])
    case integer(Int)
    case array([RedisValue])
    /// An error's code. At the top of a reply it is thrown by `send`; inside an array or a pipeline it stands here.
    case error(code: String)

    public var isNull: Bool { self == .null }

    /// An integer reply, or a string that spells one.
    public func integer() throws(RedisError) -> Int {
        switch try checked() {
        case .integer(let value): return value
        case .string(let bytes):
            guard let value = Int(String(decoding: bytes, as: UTF8.self)) else { throw Self.unexpected("an integer") }
            return value
        default: throw Self.unexpected("an integer")
        }
    }

    public func bytes() throws(RedisError) -> [UInt8] {
        switch try checked() {
        case .string(let bytes): return bytes
        case .status(let text): return Array(text.utf8)
        default: throw Self.unexpected("a string")
        }
    }

    /// Bytes that are not UTF-8 are an error, not replacement characters.
    public func text() throws(RedisError) -> String {
        guard let text = String(validating: try bytes(), as: UTF8.self) else { throw Self.unexpected("UTF-8 text") }
        return text
    }

    public func array() throws(RedisError) -> [RedisValue] {
        guard case .array(let elements) = try checked() else { throw Self.unexpected("an array") }
        return elements
    }

    /// The value, unless it is an error.
    public func checked(during command: String = "a command") throws(RedisError) -> RedisValue {
        if case .error(let code) = self { throw RedisError(.server(code: code), during: command) }
        return self
    }

    private static func unexpected(_ wanted: String) -> RedisError {
        RedisError(.unexpectedReply, during: "a command for \(wanted)")
    }
}
