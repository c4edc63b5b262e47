import FoundationEssentials

/// The known fields of a flat message body. Every reading method throws an `InvalidMessage` that names the field. `null` is
/// a value of the wrong type, not an absent field.
struct JSONFields {
    private let bytes: [UInt8]
    /// A body has a handful: looking through them costs less than hashing their names.
    private let members: [FlatJSONScanner.Member]

    init(_ bytes: [UInt8]) throws(InvalidMessage) {
        self.bytes = bytes
        members = try FlatJSONScanner.members(of: bytes)
    }

    private func token(_ name: String) -> FlatJSONScanner.Token? { members.first { $0.name == name }?.value }

    func string(_ name: String) throws(InvalidMessage) -> String {
        guard let text = try optionalString(name) else { throw Self.wrong(name, "a string, which is missing") }
        return text
    }

    func optionalString(_ name: String) throws(InvalidMessage) -> String? {
        guard let token = token(name) else { return nil }
        guard token.kind == .string else { throw Self.wrong(name, "a string") }
        return FlatJSONScanner.text(of: token, in: bytes)
    }

    /// Text of people or programs that will be stored: no control characters (PostgreSQL refuses U+0000 altogether).
    func optionalText(_ name: String, maximumBytes: Int) throws(InvalidMessage) -> String? {
        guard let text = try optionalString(name) else { return nil }
        guard PlainText.isAcceptable(text, maximumBytes: maximumBytes) else {
            throw Self.wrong(name, "1 to \(maximumBytes) bytes of text without control characters")
        }
        return text
    }

    /// An integer is digits with an optional minus: `800.0` and `8e2` are refused, since a publisher that counts in
    /// fractions has a bug that this field would hide.
    func optionalInteger(_ name: String, in range: ClosedRange<Int>) throws(InvalidMessage) -> Int? {
        guard let token = token(name) else { return nil }
        guard token.kind == .integer, let value = Int(String(decoding: bytes[token.range], as: UTF8.self)),
            range.contains(value)
        else { throw Self.wrong(name, "an integer from \(range.lowerBound) to \(range.upperBound)") }
        return value
    }

    func optionalBoolean(_ name: String) throws(InvalidMessage) -> Bool? {
        guard let token = token(name) else { return nil }
        guard token.kind == .boolean else { throw Self.wrong(name, "true or false") }
        return bytes[token.range.lowerBound] == UInt8(ascii: "t")
    }

    func userID(_ name: String = "user_id") throws(InvalidMessage) -> UserID {
        guard let id = try optionalUserID(name) else { throw Self.wrong(name, "a user id, which is missing") }
        return id
    }

    func optionalUserID(_ name: String = "user_id") throws(InvalidMessage) -> UserID? {
        guard let text = try optionalString(name) else { return nil }
        guard let id = UserID(text) else {
            throw Self.wrong(name, "1 to 128 bytes without white space or control characters")
        }
        return id
    }

    func messageID(_ name: String) throws(InvalidMessage) -> MessageID {
        guard let id = MessageID(try string(name)) else { throw Self.wrong(name, "a UUID") }
        return id
    }

    func time(_ name: String) throws(InvalidMessage) -> Date {
        guard let time = RFC3339.date(try string(name)) else {
            throw Self.wrong(name, "an RFC 3339 time in UTC, such as 2026-01-31T03:00:00Z")
        }
        return time
    }

    /// Empty when the field is absent.
    func object(_ name: String) throws(InvalidMessage) -> [String: JSONValue] {
        guard let token = token(name) else { return [:] }
        guard token.kind == .object, case .object(let members) = try JSONValue(token, bytes) else {
            throw Self.wrong(name, "an object")
        }
        return members
    }

    func oneOf<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(InvalidMessage) -> Choice? where Choice.RawValue == String {
        guard let text = try optionalString(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw Self.wrong(name, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    static func wrong(_ name: String, _ expected: String) -> InvalidMessage {
        InvalidMessage(.field(name), expected: expected)
    }
}
