/// An account that the sandbox knows.
struct XUser: Equatable, Sendable {
    enum State: String, Sendable, CaseIterable { case active, protected, suspended, gone }

    var id: String
    var username: String
    var state = State.active
    var mood = XMood.mixed
    var tweets = 120

    /// The account behind a `sandbox-<id>` token that nobody registered.
    init(id: String) {
        self.id = id
        username = "user_" + id.suffix(10)
    }

    var json: JSON { ["id": .string(id), "name": .string(username), "username": .string(username)] }
}
