/// Where finished log lines go.
public protocol LogSink: Sendable {
    /// Whether colours make sense there.
    var isTerminal: Bool { get }

    /// Takes one line, its newline included. Called from any thread; lines must come out whole.
    func write(_ line: [UInt8])
}
