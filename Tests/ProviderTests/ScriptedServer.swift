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
    private let listener: Int32
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
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            for script in scripts {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Self.serve(connection, script) { request in self?.received.withLock { $0.append(request) } }
                close(connection)
            }
        }
    }

    deinit {
        // Wakes an accept that still waits; closing alone would not.
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
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
        if case .bytes(let bytes) = script { _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
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
