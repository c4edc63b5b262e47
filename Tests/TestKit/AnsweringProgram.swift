import Foundation
import Synchronization

/// A program of the system's that answers each line it is told with a line, in order. It ends with this process.
public final class AnsweringProgram: Sendable {
    private struct State {
        var waiters: [CheckedContinuation<String, any Error>] = []
        var isOver = false
    }

    private let process: ChildProcess
    /// Ours of a pair: unlike a pipe's, writing to it when the program is gone is an error and no signal.
    private let socket: Int32
    private let errors: TemporaryOutput
    private let state = Mutex(State())

    public init(_ executable: String, _ arguments: [String]) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw ServerError(description: "no pair of sockets (errno \(errno))")
        }
        errors = try TemporaryOutput()
        process = try ChildProcess(
            executable, arguments, environment: ProcessInfo.processInfo.environment, input: ends[1], output: ends[1],
            errors: errors.descriptor)
        close(ends[1])
        socket = ends[0]
        let answers = Lines(of: FileHandle(fileDescriptor: socket, closeOnDealloc: false)).stream
        Task { [weak self] in
            for await answer in answers { self?.answered(answer) }
            self?.end()
        }
    }

    /// - Parameter line: Without line breaks.
    /// - Throws: `ServerError` with what the program complained of when it has ended.
    public func ask(_ line: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            // Under the lock, so that answers come in the order of the questions.
            let isAsked = state.withLock { state in
                guard !state.isOver, write(Array((line + "\n").utf8)) else { return false }
                state.waiters.append(continuation)
                return true
            }
            if !isAsked { continuation.resume(throwing: fault) }
        }
    }

    private var fault: ServerError {
        ServerError(description: "a program does not answer: \(errors.text().suffix(1000))")
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 || errno == EINTR else { return false }
            sent += max(0, count)
        }
        return true
    }

    private func answered(_ answer: String) {
        state.withLock { $0.waiters.isEmpty ? nil : $0.waiters.removeFirst() }?.resume(returning: answer)
    }

    private func end() {
        let waiters = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(throwing: fault) }
    }
}
