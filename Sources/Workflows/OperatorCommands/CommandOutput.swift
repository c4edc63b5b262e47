import Glibc

/// Where a command writes: answers to standard output, everything else to standard error. Both take whole lines.
struct CommandOutput: Sendable {
    let answer: @Sendable (String) -> Void
    let tell: @Sendable (String) -> Void

    static let terminal = CommandOutput(
        answer: { write(line: $0, to: STDOUT_FILENO) }, tell: { write(line: $0, to: STDERR_FILENO) })

    /// The same output for the answers, and silence for the rest.
    func quiet() -> CommandOutput { CommandOutput(answer: answer, tell: { _ in }) }

    private static func write(line: String, to descriptor: Int32) {
        ByteSink.write(Array(line.utf8) + [UInt8(ascii: "\n")], to: descriptor)
    }
}

/// Writing to a descriptor.
enum ByteSink {
    /// False when the reader has gone.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
