/// Findings in the order of their starts, in memory that a scope lends.
///
/// Most texts hold few, and an allocation costs as much as looking through a tweet; so the first ones lie on the stack, and
/// only what does not fit there goes to the heap. Lives no longer than its scope, which frees it at the end.
struct FindingList {
    private var base: UnsafeMutablePointer<Finding>
    private(set) var count = 0
    private var capacity: Int
    private var isLent = true

    /// Runs `body` with an empty list. Nothing of the list may get out.
    @inline(__always)
    static func with<Result>(_ body: (inout FindingList) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Finding.self, capacity: 16) { room in
            var list = FindingList(base: room.baseAddress.unsafelyUnwrapped, capacity: room.count)
            let result = body(&list)
            if !list.isLent { list.base.deallocate() }
            return result
        }
    }

    private init(base: UnsafeMutablePointer<Finding>, capacity: Int) {
        self.base = base
        self.capacity = capacity
    }

    @inline(__always)
    var last: Finding? { count > 0 ? base[count &- 1] : nil }

    @inline(__always)
    mutating func append(_ finding: Finding) {
        if count == capacity { grow() }
        (base + count).initialize(to: finding)
        count += 1
    }

    mutating func removeLast() { count -= 1 }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Finding>.allocate(capacity: 4 * capacity)
        larger.moveInitialize(from: base, count: count)
        if !isLent { base.deallocate() }
        (base, capacity, isLent) = (larger, 4 * capacity, false)
    }
}

extension FindingList: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { count }
    subscript(place: Int) -> Finding { base[place] }
}

extension FindingList {
    /// Takes in others that may lie before, between and across these.
    mutating func add(_ others: some Collection<Finding>) {
        guard !others.isEmpty else { return }
        for other in others { append(other) }
        var all = UnsafeMutableBufferPointer(start: base, count: count)
        all.sort { $0.range.lowerBound < $1.range.lowerBound }
        merge()
    }

    /// Findings that overlap become one, under the kind of the longest.
    mutating func merge() {
        guard count > 1 else { return }
        var kept = 0
        for index in 1..<count {
            let (last, next) = (base[kept], base[index])
            if next.range.lowerBound < last.range.upperBound {
                if next.range.count > last.range.count { base[kept].kind = next.kind }
                let end = Swift.max(last.range.upperBound, next.range.upperBound)
                base[kept].range = last.range.lowerBound..<end
            } else {
                kept += 1
                base[kept] = next
            }
        }
        count = kept + 1
    }
}
