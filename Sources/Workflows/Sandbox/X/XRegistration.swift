/// The body of `POST /sandbox/users`: an account and its first tokens.
struct XRegistration {
    struct Refused: Error { var problem: String }

    var user: XUser
    var access: String?
    var refresh: String?
    var expiresIn: Int

    init(_ body: [UInt8]) throws(Refused) {
        guard let members = JSON(bytes: body)?.object else { throw Refused(problem: "the body is not a JSON object") }
        let known: Set<String> = [
            "id", "username", "access_token", "refresh_token", "expires_in", "tweets", "mood", "state",
        ]
        if let other = members.keys.filter({ !known.contains($0) }).sorted().first {
            throw Refused(problem: "\"\(other)\" is not known; known are \(known.sorted().joined(separator: ", "))")
        }
        guard let id = members["id"]?.string, XIdentifier.number(id) != nil else {
            throw Refused(problem: "\"id\" must be a string of 1 to 19 digits")
        }
        user = XUser(id: id)
        user.username = try Self.text("username", members) ?? user.username
        access = try Self.text("access_token", members)
        refresh = try Self.text("refresh_token", members)
        expiresIn = try Self.number("expires_in", members, -86_400...31_536_000) ?? XTokens.lifetime
        user.tweets = try Self.number("tweets", members, 0...10_000) ?? user.tweets
        user.mood = try Self.choice("mood", members) ?? user.mood
        user.state = try Self.choice("state", members) ?? user.state
    }

    private static func text(_ name: String, _ members: [String: JSON]) throws(Refused) -> String? {
        guard let value = members[name], value != .null else { return nil }
        guard let text = value.string, !text.isEmpty else { throw Refused(problem: "\"\(name)\" must be a string") }
        return text
    }

    private static func number(
        _ name: String, _ members: [String: JSON], _ range: ClosedRange<Int>
    ) throws(Refused) -> Int? {
        guard let value = members[name], value != .null else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw Refused(problem: "\"\(name)\" must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ members: [String: JSON]
    ) throws(Refused) -> Choice? {
        guard let text = try text(name, members) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refused(problem: "\"\(name)\" must be one of \(names)")
        }
        return choice
    }
}
