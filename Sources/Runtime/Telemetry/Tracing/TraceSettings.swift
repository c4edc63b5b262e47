public import Privacy

/// Where traces go.
public struct TraceSettings: Sendable {
    /// The URL that spans are posted to.
    public var endpoint: String
    /// Sent with each request; a collector's key among them.
    public var headers: [(name: String, value: SecretString)]
    /// Nil = the program's own name.
    public var serviceName: String?
    /// The share of traces recorded among those that begin here, 0…1.
    public var ratio: Double

    public init(
        endpoint: String, headers: [(name: String, value: SecretString)] = [], serviceName: String? = nil,
        ratio: Double = 1
    ) {
        self.endpoint = endpoint
        self.headers = headers
        self.serviceName = serviceName
        self.ratio = ratio
    }
}
