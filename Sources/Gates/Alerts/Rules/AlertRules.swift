/// All rules, and who is told of what.
public struct AlertRules: Equatable, Sendable {
    public struct ChannelLimits: Equatable, Sendable {
        /// Notices in a minute, at most.
        public let perMinute: Int
        /// So long after a notice about an alert nothing more is told of it but that it was resolved: an alert that comes
        /// and goes is told at the end of this time, if it is still there.
        public let quiet: Duration

        public init(perMinute: Int, quiet: Duration) {
            self.perMinute = perMinute
            self.quiet = quiet
        }
    }

    public var rules: [AlertRule]
    /// For each severity the channels, those to people only.
    public var routing: [AlertSeverity: [AlertChannel]]
    public var channels: [AlertChannel: ChannelLimits]
    /// A resolved alert that comes back within this time is the same alert in its next episode.
    public var reopenWithin: Duration

    public subscript(name: String) -> AlertRule? { rules.first { $0.name == name } }

    public func rules(of measure: AlertMeasure) -> [AlertRule] { rules.filter { $0.measure == measure } }

    /// The rule for dead letters of a reason: its own, or the one for all.
    public func deadLetters(of reason: String) -> AlertRule? {
        let candidates = rules(of: .deadLetters)
        return candidates.first { $0.of == reason } ?? candidates.first { $0.of == nil }
    }

    /// Where an alert of this severity is told, of those channels that are set up. When none of its own is, the first that is:
    /// better in the wrong place than nowhere.
    public func channels(for severity: AlertSeverity, of available: Set<AlertChannel>) -> [AlertChannel] {
        let own = (routing[severity] ?? []).filter(available.contains)
        return own.isEmpty ? Array(AlertChannel.toPeople.filter(available.contains).prefix(1)) : own
    }

    public func limits(of channel: AlertChannel) -> ChannelLimits {
        channels[channel] ?? ChannelLimits(perMinute: 6000, quiet: .zero)
    }

    /// `topology/alerts.json` as it was built in.
    public static var currentJSON: [UInt8] { PackageResources.alerts_json }
}
