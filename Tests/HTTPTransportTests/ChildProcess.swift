import Glibc
import Testing

/// A program of this machine run beside the test.
struct ChildProcess {
    let pid: pid_t

    /// Output and errors go to `log`.
    init(_ arguments: [String], log: String = "/dev/null") throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, arguments[0], &actions, nil, words, environ)
        try #require(code == 0, "cannot start \(arguments[0])")
        self.pid = pid
    }

    func kill() { Glibc.kill(pid, SIGKILL) }

    /// The exit status, once it has one.
    func finish(within limit: Duration = .seconds(20)) async throws -> Int32? {
        var status: Int32 = 0
        var isGone = false
        try await eventually("process \(pid) ends", within: limit) {
            isGone = waitpid(pid, &status, WNOHANG) == pid
            return isGone
        }
        return isGone ? (status >> 8) & 0xFF : nil
    }
}

/// A folder for the body's time.
func withScratchFolder<T>(_ body: (String) async throws -> T) async throws -> T {
    var template = Array("/tmp/repazoo-http-XXXXXX".utf8CString)
    let path = try #require(mkdtemp(&template).map { String(cString: $0) })
    let result: Result<T, any Error>
    do { result = .success(try await body(path)) } catch { result = .failure(error) }
    _ = try await ChildProcess(["rm", "-rf", path]).finish()
    return try result.get()
}

/// A port nobody listens on just now.
func freePort() throws -> UInt16 {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(fd) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(fd, $0, length) == 0 && getsockname(fd, $0, &length) == 0
        }
    }
    try #require(bound)
    return UInt16(bigEndian: address.sin_port)
}

func isListening(_ port: UInt16) -> Bool {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(fd) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
