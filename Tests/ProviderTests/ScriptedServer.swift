import Foundation
import Glibc
import Synchronization

/// An HTTP server on loopback that answers the n-th connection with the n-th script and remembers what it was sent.
/// It runs on a thread of its own and ends with its object.
final class ScriptedServer: Sendable {
    enum Script: Sendable {
        /// The bytes of a whole answer.
        case bytes([UInt8])
        /// Reads the request and hangs up.
        case hangUp
        /// An answer whose bytes come one at a time, until the other side has had enough.
        case drip(Int, String, everyMilliseconds: UInt32)

        static func answer(
            _ status: Int, _ body: String, headers: [String: String] = [:], claimedLength: Int? = nil
        ) -> Script {
            var head =
                "HTTP/1.1 \(status) X\r\nContent-Length: \(claimedLength ?? body.utf8.count)\r\nConnection: close\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            return .bytes(Array((head + "\r\n" + body).utf8))
        }
    }

    let port: UInt16
    private let listener: Listener
    private let received = Mutex<[String]>([])

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [String] { received.withLock { $0 } }

    init(_ scripts: Script...) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) | listen(listener, 16) | getsockname(listener, $0, &length)
            }
        }
        guard listener >= 0, result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        let shared = Listener(descriptor: listener)
        self.listener = shared
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            defer { shared.close() }
            for script in scripts {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Self.serve(connection, script) { request in self?.received.withLock { $0.append(request) } }
                close(connection)
            }
        }
    }

    deinit { listener.wake() }

    /// Closed by the thread that accepts, and by nobody else: a thread that still waits would otherwise accept for whoever is given the
    /// number next, and answer in its place.
    private final class Listener: Sendable {
        private let descriptor: Mutex<Int32?>

        init(descriptor: Int32) { self.descriptor = Mutex(descriptor) }

        /// Ends an `accept` that waits.
        func wake() { descriptor.withLock { if let number = $0 { shutdown(number, Int32(SHUT_RDWR)) } } }

        func close() {
            descriptor.withLock {
                if let number = $0 { Glibc.close(number) }
                $0 = nil
            }
        }
    }

    private static func serve(_ connection: Int32, _ script: Script, _ record: (String) -> Void) {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while !isWhole(request) {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            request += buffer[..<count]
        }
        record(String(decoding: request, as: UTF8.self))
        switch script {
        case .bytes(let bytes): _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        case .hangUp: break
        case .drip(let status, let body, let pause):
            guard case .bytes(let bytes) = Script.answer(status, body) else { return }
            for byte in bytes {
                guard send(connection, [byte], 1, Int32(MSG_NOSIGNAL)) == 1 else { return }
                usleep(pause * 1000)  // on this server's own thread
            }
        }
    }

    private static func isWhole(_ request: [UInt8]) -> Bool {
        let text = String(decoding: request, as: UTF8.self)
        guard let head = text.range(of: "\r\n\r\n") else { return false }
        let field = text[..<head.lowerBound].split(separator: "\r\n").first {
            $0.lowercased().hasPrefix("content-length:")
        }
        let length = field.flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
        return text[head.upperBound...].utf8.count >= length
    }

    /// A port on which nobody listens.
    static func closedPort() throws -> UInt16 { try ScriptedServer().port }
}
