/// As the TYPE line names it.
enum MetricType: String {
    case counter
    case gauge
    case histogram
}

/// All series of one name.
struct MetricFamily {
    enum Refusal {
        case tooManySeries
        case otherType
    }

    let name: String
    let type: MetricType
    private var series: [MetricLabels: any MetricSeries] = [:]
    private var hasWarned = false

    init(name: String, type: MetricType) {
        self.name = name
        self.type = type
    }

    /// The series of these labels. A series that must not be kept is made all the same, for the caller to write into the
    /// void; only the first such time of a family is worth a warning.
    mutating func series<Series: MetricSeries>(
        _ labels: MetricLabels, type: MetricType, maximum: Int, make: () -> Series
    ) -> (series: Series, warning: Refusal?) {
        if let existing = series[labels] {
            if type == self.type, let existing = existing as? Series { return (existing, nil) }
            return (make(), refused(.otherType))
        }
        guard type == self.type else { return (make(), refused(.otherType)) }
        guard series.count < maximum else { return (make(), refused(.tooManySeries)) }
        let new = make()
        series[labels] = new
        return (new, nil)
    }

    private mutating func refused(_ refusal: Refusal) -> Refusal? {
        defer { hasWarned = true }
        return hasWarned ? nil : refusal
    }

    var sortedSeries: [(labels: MetricLabels, value: any MetricSeries)] {
        series.map { ($0.key, $0.value) }.sorted { $0.labels.text < $1.labels.text }
    }
}
