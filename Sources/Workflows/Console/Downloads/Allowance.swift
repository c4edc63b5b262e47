/// So many requests of one kind in a while, counted in this process. A struct without a clock.
///
/// It protects this process and the audit trail, no provider: several consoles grant as many times as much.
struct Allowance {
    private struct Window {
        var start: Int
        var count: Int
    }

    private let limit: Int
    private let seconds: Int
    private let capacity: Int
    private var windows: [String: Window] = [:]

    /// - Parameter capacity: Names that are remembered; beyond it everybody shares what is left, so that inventing names frees nobody.
    init(limit: Int, seconds: Int, capacity: Int = 10_000) {
        self.limit = limit
        self.seconds = seconds
        self.capacity = capacity
    }

    /// Nil = go on; else how many seconds to wait.
    mutating func take(_ name: String, at now: Int) -> Int? {
        var name = name
        if windows[name] == nil, windows.count >= capacity {
            windows = windows.filter { now - $0.value.start < seconds }
            if windows.count >= capacity { name = "" }
        }
        var window = windows[name] ?? Window(start: now, count: 0)
        if now - window.start >= seconds { window = Window(start: now, count: 0) }
        guard window.count < limit else { return max(1, window.start + seconds - now) }
        window.count += 1
        windows[name] = window
        return nil
    }
}
