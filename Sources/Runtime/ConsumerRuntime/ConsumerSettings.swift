/// How much a consumer does at once, and how patient it is.
public struct ConsumerSettings: Sendable {
    /// Jobs in flight in this process: the prefetch.
    public var concurrency = 16
    public var shutdownGrace: Duration = .seconds(30)
    public var startupTimeout: Duration = .seconds(60)
    /// How long the work on one message may take; well under the 30 minutes after which the broker takes it back.
    public var workLimit: Duration = .seconds(20 * 60)
    public var policy = AttemptPolicy()

    public init() {}
}
