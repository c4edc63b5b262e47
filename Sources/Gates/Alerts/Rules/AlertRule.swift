/// When an alert opens and when it is over: one line of `topology/alerts.json`.
public struct AlertRule: Equatable, Sendable {
    /// Lower-case words joined by `_`: a contract with dashboards and the backend.
    public let name: String
    public let measure: AlertMeasure
    /// Narrows the measure; what it means is the measure's.
    public let of: String?
    public let severity: AlertSeverity
    /// It opens when the measured number is greater.
    public var threshold: Double
    /// It is over when the number stays at or under this. Never above the threshold; between the two nothing changes.
    public var clear: Double
    /// Zero where the measure counts over no window.
    public var window: Duration
    /// So many looks in a row must find it over.
    public let calm: Int
    /// False: only a person resolves it.
    public let resolvesItself: Bool
    public let title: String
    public let advice: String
    public let unit: String

    public init(
        name: String, measure: AlertMeasure, of: String? = nil, severity: AlertSeverity, threshold: Double,
        clear: Double? = nil, window: Duration = .zero, calm: Int = 2, resolvesItself: Bool = true, title: String = "",
        advice: String = "", unit: String = ""
    ) {
        self.name = name
        self.measure = measure
        self.of = of
        self.severity = severity
        self.threshold = threshold
        self.clear = clear ?? threshold
        self.window = window
        self.calm = calm
        self.resolvesItself = resolvesItself
        self.title = title
        self.advice = advice
        self.unit = unit
    }

    /// What a number means under this rule. `times` is how often it was seen (dead letters: how many came).
    public func sight(of value: Double, times: Int = 1) -> AlertLife.Sight {
        if value > threshold { return .firing(times: times) }
        return value > clear ? .near : .calm
    }

    /// A rule that this release does not know, named by somebody who raised an alert.
    public static func foreign(_ name: String, _ severity: AlertSeverity) -> AlertRule {
        AlertRule(
            name: name, measure: .servers, severity: severity, threshold: 0, resolvesItself: false,
            title: "Alert of the rule \(name)", advice: "Raised by another program; `repazoo alerts resolve` ends it.")
    }
}
