/// How much a consumer does at once, and how patient it is.
public struct ConsumerSettings: Sendable {
    /// Jobs in flight in this process: the prefetch.
    public var concurrency = 16
    public var shutdownGrace: Duration = .seconds(30)
    public var startupTimeout: Duration = .seconds(60)
    public var policy = AttemptPolicy()

    public init() {}
}
