/// Findings in the order of their starts, in memory that a scope lends.
///
/// Most texts hold few, and an allocation costs as much as looking through a tweet; so the first ones lie on the stack, and
/// only what does not fit there goes to the heap. Lives no longer than its scope, which frees it at the end.
///
/// A handle of one word: copies are the same list. Copied as a value its parts would be read together just after they were
/// written one by one, for which a processor waits as long as it takes to look at a dozen letters.
struct FindingList {
    private struct Memory {
        var base: UnsafeMutablePointer<Finding>
        var count = 0
        var capacity: Int
        var isLent = true
    }

    private let memory: UnsafeMutablePointer<Memory>

    /// Runs `body` with an empty list. Nothing of the list may get out.
    @inline(__always)
    static func with<Result>(_ body: (FindingList) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Finding.self, capacity: 16) { room in
            var memory = Memory(base: room.baseAddress.unsafelyUnwrapped, capacity: room.count)
            return withUnsafeMutablePointer(to: &memory) { memory in
                let result = body(FindingList(memory: memory))
                if !memory.pointee.isLent { memory.pointee.base.deallocate() }
                return result
            }
        }
    }

    @inline(__always)
    var count: Int { memory.pointee.count }
    @inline(__always)
    private var base: UnsafeMutablePointer<Finding> { memory.pointee.base }

    @inline(__always)
    var last: Finding? { count > 0 ? base[count &- 1] : nil }

    @inline(__always)
    func append(_ finding: Finding) {
        if count == memory.pointee.capacity { grow() }
        (base + count).initialize(to: finding)
        memory.pointee.count += 1
    }

    func removeLast() { memory.pointee.count -= 1 }

    @inline(never)
    private func grow() {
        let capacity = 4 * memory.pointee.capacity
        let larger = UnsafeMutablePointer<Finding>.allocate(capacity: capacity)
        larger.moveInitialize(from: base, count: count)
        if !memory.pointee.isLent { base.deallocate() }
        (memory.pointee.base, memory.pointee.capacity, memory.pointee.isLent) = (larger, capacity, false)
    }
}

extension FindingList: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { count }
    subscript(place: Int) -> Finding { base[place] }
}

extension FindingList {
    /// Takes in others that may lie before, between and across these.
    func add(_ others: some Collection<Finding>) {
        guard !others.isEmpty else { return }
        for other in others { append(other) }
        var all = UnsafeMutableBufferPointer(start: base, count: count)
        all.sort { $0.range.lowerBound < $1.range.lowerBound }
        merge()
    }

    /// Findings that overlap become one, under the kind of the longest.
    func merge() {
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
        memory.pointee.count = kept + 1
    }
}
