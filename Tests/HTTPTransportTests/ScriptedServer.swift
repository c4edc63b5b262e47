import Glibc
import Synchronization
import Testing

/// A TCP server on loopback whose script plays each connection on a thread of its own; when the script returns, the connection
/// is closed.
final class ScriptedServer: Sendable {
    private struct State {
        var open: Set<Int32> = []
        var accepted = 0
        var notes: [String] = []
        var requests: [ServerConnection.Request] = []
        var isAcceptorGone = false
    }

    /// Every test runs under an environment full of proxies that lead nowhere: none may ever be used.
    private static let poisonedEnvironment: Void = {
        for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            setenv(name, "http://127.0.0.1:1", 1)
        }
    }()

    let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    init(port: UInt16 = 0, _ script: @escaping @Sendable (ServerConnection, ScriptedServer) -> Void) throws {
        Self.poisonedEnvironment
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let fd = listener
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(fd, name, length) == 0 && listen(fd, 512) == 0 && getsockname(fd, name, &length) == 0
            }
        }
        try #require(bound, "no port to listen on")
        self.port = UInt16(bigEndian: address.sin_port)
        onThread { self.acceptAll(script) }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var accepted: Int { state.withLock { $0.accepted } }
    var notes: [String] { state.withLock { $0.notes } }
    var requests: [ServerConnection.Request] { state.withLock { $0.requests } }

    func note(_ text: String) { state.withLock { $0.notes.append(text) } }
    func record(_ request: ServerConnection.Request) { state.withLock { $0.requests.append(request) } }

    /// Kills listener and connections as the end of a process does, with RST.
    func kill() async throws {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { state in
            for fd in state.open {
                ServerConnection(fd: fd).reset()
                shutdown(fd, Int32(SHUT_RDWR))
            }
        }
        try await eventually("the server's threads end") { state.withLock { $0.open.isEmpty && $0.isAcceptorGone } }
    }

    private func acceptAll(_ script: @escaping @Sendable (ServerConnection, ScriptedServer) -> Void) {
        while true {
            let fd = accept(listener, nil, nil)
            guard fd >= 0 else { break }
            state.withLock { state in
                state.open.insert(fd)
                state.accepted += 1
            }
            onThread {
                script(ServerConnection(fd: fd), self)
                // Under the lock, so that `kill` never meets a number that has been given to someone else.
                self.state.withLock { state in
                    state.open.remove(fd)
                    close(fd)
                }
            }
        }
        close(listener)
        state.withLock { $0.isAcceptorGone = true }
    }
}

/// Runs a server for the body's time.
func withServer<T>(
    _ script: @escaping @Sendable (ServerConnection, ScriptedServer) -> Void,
    _ body: (ScriptedServer) async throws -> T
) async throws -> T {
    let server = try ScriptedServer(script)
    do {
        let value = try await body(server)
        try await server.kill()
        return value
    } catch {
        try await server.kill()
        throw error
    }
}

func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    precondition(code == 0, "no thread")
    pthread_detach(thread)
}

/// Answers every request of a connection with its own line and body.
let echo: @Sendable (ServerConnection, ScriptedServer) -> Void = { connection, server in
    while let request = connection.readRequest() {
        server.record(request)
        connection.answer(
            "\(request.line)|\(String(decoding: request.body, as: UTF8.self))", fields: "X-Count: 1\r\nx-count: 2\r\n")
    }
}
