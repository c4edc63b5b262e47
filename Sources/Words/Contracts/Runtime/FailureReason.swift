/// A failure as a short code: what goes into headers, dead letters, metrics and the attempt history. Lower-case words joined
/// by `_`; never text from outside, which might hold personal data.
public struct FailureReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let database = FailureReason(rawValue: "database")
    public static let redis = FailureReason(rawValue: "redis")
    public static let broker = FailureReason(rawValue: "broker")
    public static let network = FailureReason(rawValue: "network")
    public static let timeout = FailureReason(rawValue: "timeout")
    /// The provider answered with 5xx or in a shape it should not have.
    public static let provider = FailureReason(rawValue: "provider")
    /// The provider refused the request itself (a 4xx that will not change).
    public static let providerRejected = FailureReason(rawValue: "provider_rejected")
    public static let invalidAnswer = FailureReason(rawValue: "invalid_answer")
    /// A stored value (token, receipt) cannot be read.
    public static let corruptState = FailureReason(rawValue: "corrupt_state")
    /// A prompt did not pass the check on the bytes about to be sent.
    public static let privacyCheck = FailureReason(rawValue: "privacy_check")
    /// An error that nothing classified.
    public static let unexpected = FailureReason(rawValue: "unexpected")

    public var description: String { rawValue }
}
