/// What is known about a person whose texts are sanitized: each of these is replaced wherever it stands as a word.
public struct KnownIdentity: Sendable {
    /// With or without the leading `@`.
    public var handle: String?
    public var displayName: String?
    public var email: String?

    public init(handle: String? = nil, displayName: String? = nil, email: String? = nil) {
        self.handle = handle
        self.displayName = displayName
        self.email = email
    }
}
