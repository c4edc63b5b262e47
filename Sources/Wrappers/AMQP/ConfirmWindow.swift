/// Publications that await the broker's confirm, by publish sequence number (1 on each connection's first).
struct ConfirmWindow<Entry> {
    private var entries: [UInt64: Entry] = [:]
    private var lowest: UInt64 = 1
    private(set) var last: UInt64 = 0

    var count: Int { entries.count }

    @discardableResult
    mutating func add(_ entry: Entry) -> UInt64 {
        last += 1
        entries[last] = entry
        return last
    }

    /// The entries that a `basic.ack` or `basic.nack` settles, in order. Unknown numbers settle nothing.
    mutating func settle(_ tag: UInt64, multiple: Bool) -> [Entry] {
        guard multiple else { return entries.removeValue(forKey: tag).map { [$0] } ?? [] }
        var settled: [Entry] = []
        while lowest <= min(tag, last) {
            if let entry = entries.removeValue(forKey: lowest) { settled.append(entry) }
            lowest += 1
        }
        return settled
    }

    /// Everything unconfirmed, oldest first; the window is empty and starts anew afterwards.
    mutating func reset() -> [Entry] {
        let rest = entries.sorted { $0.key < $1.key }.map(\.value)
        self = ConfirmWindow()
        return rest
    }

    /// The oldest entry for which `matches` holds.
    func oldest(where matches: (Entry) -> Bool) -> (tag: UInt64, entry: Entry)? {
        entries.filter { matches($0.value) }.min { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension ConfirmWindow {
    func forEach(_ body: (Entry) -> Void) { entries.values.forEach(body) }
}
