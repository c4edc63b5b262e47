/// A stretch of UTF-8 bytes that is personal or secret.
struct Finding {
    var kind: PersonalKind
    var range: Range<Int>
}

extension [Finding] {
    /// Sorted, without overlaps: findings that overlap become one, under the kind of the longest.
    func merged() -> [Finding] {
        guard count > 1 else { return self }
        var result: [Finding] = []
        for finding in sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard let last = result.last, finding.range.lowerBound < last.range.upperBound else {
                result.append(finding)
                continue
            }
            let kind = finding.range.count > last.range.count ? finding.kind : last.kind
            let end = Swift.max(last.range.upperBound, finding.range.upperBound)
            result[result.count - 1] = Finding(kind: kind, range: last.range.lowerBound..<end)
        }
        return result
    }
}
