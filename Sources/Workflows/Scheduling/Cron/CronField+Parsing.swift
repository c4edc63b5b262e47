// A field is a list of items: `*`, a value, or a range, each with `/step` behind it if wanted. `5/10` is `5-max/10`.
extension CronField {
    func values(_ text: Substring) throws(CronFault) -> CronValues {
        var values = CronValues()
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            for value in try sequence(item) { values.insert(self == .weekday ? value % 7 : value) }
        }
        return values
    }

    private func sequence(_ item: Substring) throws(CronFault) -> StrideThrough<Int> {
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let step = parts.count == 2 ? try step(parts[1], item) : nil
        let bounds = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        if parts[0] == "*" { return stride(from: range.lowerBound, through: range.upperBound, by: step ?? 1) }
        let low = try value(bounds[0], item)
        guard bounds.count == 2 else {
            return stride(from: low, through: step == nil ? low : range.upperBound, by: step ?? 1)
        }
        var high = try value(bounds[1], item)
        // `sat-sun`: at the end of a range Sunday is the seventh day.
        if self == .weekday, high == 0, low > 0 { high = 7 }
        guard low <= high else {
            throw CronFault(
                self, "\(item): a range goes upwards; write \(low)-\(range.upperBound),\(range.lowerBound)-\(high)")
        }
        return stride(from: low, through: high, by: step ?? 1)
    }

    private func step(_ text: Substring, _ item: Substring) throws(CronFault) -> Int {
        guard let step = digits(text), step > 0 else {
            throw CronFault(self, "\(item): a step is a number above 0")
        }
        return step
    }

    private func value(_ text: Substring, _ item: Substring) throws(CronFault) -> Int {
        guard let value = digits(text) ?? number(named: text), range.contains(value) else {
            let names = self == .month ? " or jan to dec" : self == .weekday ? " or sun to sat" : ""
            throw CronFault(self, "\(item): expected \(range.lowerBound) to \(range.upperBound)\(names)")
        }
        return value
    }

    /// At most four, so that nothing overflows.
    private func digits(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}

/// An expression that cron does not take. Holds the piece that is wrong, at most 40 characters of it.
public struct CronFault: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    init(_ field: CronField, _ problem: String) {
        self.init("\(field.words): \(problem.count > 120 ? problem.prefix(119) + "…" : problem)")
    }
}
