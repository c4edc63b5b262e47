/// How long a transfer may take.
public struct HTTPTimeouts: Sendable, Equatable {
    /// Name look-up, TCP and TLS together.
    public var connect: Duration
    /// From handing the request over to the last byte of the answer, waiting for a free connection included.
    /// `nil` = no limit. For a streamed answer the consumer's own pauses count too.
    public var total: Duration?
    /// No byte moved in either direction for this long. Rounded up to whole seconds, noticed up to 5 s late;
    /// `nil` = no limit.
    /// A service that thinks before its first byte needs this longer than its thinking. Pauses of the consumer do not count.
    public var stall: Duration?

    public init(connect: Duration = .seconds(5), total: Duration? = .seconds(60), stall: Duration? = .seconds(30)) {
        self.connect = connect
        self.total = total
        self.stall = stall
    }

    /// 5 s to connect, 60 s in all, 30 s without a byte.
    public static let standard = HTTPTimeouts()
}

extension Duration {
    /// Rounded up; at least 1, as 0 means "no limit" or "300 s" to libcurl.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let capped = min(max(seconds, 0), 1_000_000_000)
        return max(1, Int(capped) * 1000 + Int((max(attoseconds, 0) + 999_999_999_999_999) / 1_000_000_000_000_000))
    }

    var wholeSeconds: Int { (wholeMilliseconds + 999) / 1000 }
}
