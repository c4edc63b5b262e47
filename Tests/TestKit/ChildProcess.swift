import Foundation
import Synchronization

/// A child process, started by posix_spawn(3) and awaited by waitid(2) on a thread of its own.
///
/// Not by Foundation's `Process`: on Linux it now and then misses the end of a child among many short-lived ones, and a test
/// that waits for it hangs. A child of ours starts with all signals open and nothing of our descriptors but the three given.
final class ChildProcess: Sendable {
    private struct State {
        var code: Int32?
        var waiters: [UnsafeContinuation<Int32, Never>] = []
    }

    let id: pid_t
    private let state = Mutex(State())

    /// - Parameters:
    ///   - executable: A path.
    ///   - input, output, errors: Descriptors of ours for the child's 0, 1 and 2; they stay ours to close.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String], input: Int32, output: Int32,
        errors: Int32
    ) throws {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (ours, childs) in [(input, 0), (output, 1), (errors, 2)] as [(Int32, Int32)] {
            posix_spawn_file_actions_adddup2(&actions, ours, childs)
        }
        // Whatever else is open here is none of its business, and an inherited end of a pipe would keep the pipe open.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for number in open.compactMap({ Int32($0) }) where number > 2 {
            posix_spawn_file_actions_addclose(&actions, number)
        }
        // The threads of Swift's pool block nearly all signals, and Foundation ignores some: a child would inherit both.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var id = pid_t()
        let status = posix_spawn(&id, executable, &actions, &attributes, &words, &variables)
        guard status == 0 else {
            throw ServerError(description: "cannot start \(executable): \(String(cString: strerror(status)))")
        }
        self.id = id
        Thread.detachNewThread { self.watch() }
    }

    var isRunning: Bool { state.withLock { $0.code == nil } }

    /// The exit code, or the number of the signal that ended it, once it has ended.
    func ended() async -> Int32 {
        await withUnsafeContinuation { waiter in
            let code = state.withLock { state in
                if state.code == nil { state.waiters.append(waiter) }
                return state.code
            }
            if let code { waiter.resume(returning: code) }
        }
    }

    /// Does nothing when it has ended: its number may be somebody else's by then.
    func signal(_ number: Int32) {
        state.withLock { state in
            if state.code == nil { kill(id, number) }
        }
    }

    private func watch() {
        var info = siginfo_t()
        // Waits without taking the child away, so that its number is its own until the lock is ours.
        while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (code, waiters) = state.withLock { state in
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : status & 0x7F
            state.code = code
            defer { state.waiters = [] }
            return (code, state.waiters)
        }
        for waiter in waiters { waiter.resume(returning: code) }
    }
}

/// A file without a name that takes a process's output: unlike a pipe, it needs no reader and is never full.
final class TemporaryOutput: Sendable {
    /// Whatever is written goes to the end.
    let descriptor: Int32

    init() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: uniqueName("output")).path
        descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ServerError(description: "cannot write to \(path)") }
        unlink(path)
    }

    deinit { close(descriptor) }

    /// What was written so far. Leaves the place where the child writes alone.
    func text() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = pread(descriptor, &chunk, chunk.count, bytes.count), count > 0 {
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A pipe whose ends no child inherits unasked.
struct PipeEnds {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ServerError(description: "no pipe (errno \(errno))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }
}

/// `/dev/null`, for reading.
enum NullDevice {
    static let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
}
