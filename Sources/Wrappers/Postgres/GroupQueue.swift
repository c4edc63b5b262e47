/// Puts what comes one by one into groups: what comes while groups are on their way waits, and goes together.
///
/// A lone item costs no wait: its group starts at once. But the group is taken only when it really starts, one turn of the loop
/// later, so that everything which comes in the same turn goes with it. Beside another one a group starts only when it is as large
/// as that: few large groups do more than many small ones. Decides only; the owner starts tasks.
public struct GroupQueue<Item> {
    private let groups: Int
    private let size: Int
    private var waiting: [Item] = []
    private var running = 0
    private var isStarting = false
    private var lastSize = 0

    /// - Parameters:
    ///   - groups: On their way at once.
    ///   - size: Items in one, at most.
    public init(groups: Int, size: Int) {
        self.groups = groups
        self.size = size
    }

    public mutating func append(_ item: Item) { waiting.append(item) }

    /// True when a group is to be started now: the owner begins a task, which calls `take` first and `finish` last. To be asked
    /// after each of `append`, `take` and `finish`.
    public mutating func mayStart() -> Bool {
        guard !isStarting, !waiting.isEmpty, running < groups else { return false }
        guard running == 0 || waiting.count >= lastSize else { return false }
        isStarting = true
        return true
    }

    /// The group of the task that was just begun: never empty.
    public mutating func take() -> [Item] {
        isStarting = false
        running += 1
        let group = Array(waiting.prefix(size))
        waiting.removeFirst(group.count)
        lastSize = group.count
        return group
    }

    public mutating func finish() { running -= 1 }
}
