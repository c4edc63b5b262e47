/// What was found so far, and the keys that were found ahead of the place that is looked at.
struct FindingDesk {
    let found: FindingList
    /// In the order of their starts.
    let ahead: FindingList
    private var taken = 0

    init(found: FindingList, ahead: FindingList) {
        self.found = found
        self.ahead = ahead
    }

    func add(_ finding: Finding) {
        if let last = found.last, last.range.lowerBound <= finding.range.lowerBound,
            last.range.upperBound >= finding.range.upperBound
        {
            return
        }
        while let last = found.last, last.range.lowerBound >= finding.range.lowerBound { found.removeLast() }
        found.append(finding)
    }

    @inline(__always)
    var hasMore: Bool { taken < ahead.count }

    /// Adds the keys that begin before `index`.
    mutating func take(before index: Int) {
        while taken < ahead.count, ahead[taken].range.lowerBound < index {
            add(ahead[taken])
            taken += 1
        }
    }

    mutating func takeAll() {
        take(before: .max)
        found.merge()
    }
}
