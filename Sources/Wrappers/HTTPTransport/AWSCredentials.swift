/// An access key pair. It cannot be printed.
public struct AWSCredentials: Sendable {
    public let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?

    /// `sessionToken` belongs to temporary credentials, whose end also ends every URL presigned with them.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

extension AWSCredentials: CustomStringConvertible, CustomReflectable {
    public var description: String { "AWS credentials" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
