/// Which texts are prepared on one connection, and under which names. Names are never used twice, so a statement whose
/// preparation failed cannot be mistaken for another.
struct StatementCache {
    enum LookUp {
        case prepared(name: String)
        /// To be prepared under this name now; `evicted` is to be deallocated.
        case new(name: String, evicted: String?)
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var uses: UInt64 = 0
    private var names: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    mutating func lookUp(_ text: String) -> LookUp {
        uses += 1
        if let name = touch(text) { return .prepared(name: name) }
        let evicted = entries.count >= capacity ? evictOldest() : nil
        names += 1
        let name = "rz\(names)"
        entries[text] = Entry(name: name, lastUse: uses)
        return .new(name: name, evicted: evicted)
    }

    /// Only if the text still has that name: it may have been prepared anew since.
    mutating func forget(_ text: String, name: String) {
        if entries[text]?.name == name { entries[text] = nil }
    }

    private mutating func touch(_ text: String) -> String? {
        guard let index = entries.index(forKey: text) else { return nil }
        entries.values[index].lastUse = uses
        return entries.values[index].name
    }

    /// Looks at all entries, which happens only when a full cache meets a new text.
    private mutating func evictOldest() -> String? {
        guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return nil }
        entries[oldest.key] = nil
        return oldest.value.name
    }
}
