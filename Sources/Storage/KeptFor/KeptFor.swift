import Bootstrap
import Privacy

/// How long what is collected is kept from then on, if nothing ends it before: `kept_for` of `topology/retention.json`. What writes a
/// row promises that by its `retain_until`, which the rules of that file hold it to.
public struct KeptFor: Equatable, Sendable {
    /// From when it was last read from X.
    public let tweets: Duration
    /// From when it was made.
    public let analyses: Duration

    /// Of this release. A test holds the file to its form.
    public static let current = KeptFor(json: PackageResources.retention_json) ?? .none

    /// Nothing is kept: what is left if the file said nothing.
    static let none = KeptFor(tweets: .zero, analyses: .zero)

    private init(tweets: Duration, analyses: Duration) {
        self.tweets = tweets
        self.analyses = analyses
    }

    /// Nil unless it says so of every table.
    public init?(json bytes: [UInt8]) {
        guard let root = try? JSONValue(parsing: bytes, maximumBytes: 1 << 20, maximumDepth: 8),
            let times = root["kept_for"], times.members?.count == 2,
            let tweets = times["twitter_data"]?.string.flatMap({ Duration(setting: $0) }),
            let analyses = times["analyses"]?.string.flatMap({ Duration(setting: $0) })
        else { return nil }
        self.init(tweets: tweets, analyses: analyses)
    }
}
