import Glibc
import Synchronization

/// Standard error, one `write(2)` a line, whole lines even when many threads log.
///
/// A reader that went away must not end the process: SIGPIPE is ignored from the first use on. A reader that is slow, on a
/// descriptor that somebody made non-blocking, is waited for at most `patience`; then the line is dropped and counted, since
/// a program that stops working because nobody reads its log is the worse failure.
public final class StandardErrorSink: LogSink {
    public let isTerminal: Bool
    private let descriptor: Int32
    private let patience: Int32
    private let lost = Mutex(0)

    /// `patience` is in milliseconds.
    public init(descriptor: Int32 = 2, patience: Int32 = 200) {
        signal(SIGPIPE, SIG_IGN)
        self.descriptor = descriptor
        self.patience = patience
        isTerminal = isatty(descriptor) == 1
    }

    /// Lines, or the rest of them, that could not be written.
    public var droppedLines: Int { lost.withLock { $0 } }

    public func write(_ line: [UInt8]) {
        // The lock keeps the rest of a line, if the kernel took only a part, from following another line.
        lost.withLock { lost in
            if !writeWhole(line) { lost += 1 }
        }
    }

    private func writeWhole(_ line: [UInt8]) -> Bool {
        var written = 0
        while written < line.count {
            let count = line.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK {
                guard waitForRoom() else { return false }
            } else {
                return false
            }
        }
        return true
    }

    private func waitForRoom() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, patience) > 0 && request.revents & Int16(POLLOUT) != 0
    }
}
