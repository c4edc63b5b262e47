/// A stretch of UTF-8 bytes that is personal or secret. Begins and ends between scalars.
struct Finding: Equatable {
    var kind: PersonalKind
    var range: Range<Int>
}

extension [Finding] {
    /// Sorted, without overlaps: findings that overlap become one, under the kind of the longest.
    mutating func merge() {
        guard count > 1 else { return }
        if !isSorted { sort { $0.range.lowerBound < $1.range.lowerBound } }
        var kept = 0
        for index in 1..<count {
            let (last, next) = (self[kept], self[index])
            if next.range.lowerBound < last.range.upperBound {
                if next.range.count > last.range.count { self[kept].kind = next.kind }
                let end = Swift.max(last.range.upperBound, next.range.upperBound)
                self[kept].range = last.range.lowerBound..<end
            } else {
                kept += 1
                self[kept] = next
            }
        }
        removeLast(count - kept - 1)
    }

    private var isSorted: Bool {
        for index in 1..<count where self[index].range.lowerBound < self[index - 1].range.lowerBound { return false }
        return true
    }
}
