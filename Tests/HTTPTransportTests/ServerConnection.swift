import Glibc

/// One accepted connection, used by its own thread with blocking calls.
final class ServerConnection: Sendable {
    struct Request: Sendable {
        let line: String
        let fields: [String]
        let body: [UInt8]

        func values(_ name: String) -> [String] {
            fields.filter { $0.lowercased().hasPrefix("\(name.lowercased()):") }
                .map { String($0.dropFirst(name.count + 1)).trimmed }
        }
    }

    let fd: Int32

    init(fd: Int32) {
        self.fd = fd
    }

    /// False when the client is gone.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(fd, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func answer(_ body: String, status: String = "200 OK", fields: String = "") {
        send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    func readByte() -> UInt8? {
        var byte: UInt8 = 0
        return recv(fd, &byte, 1, 0) == 1 ? byte : nil
    }

    /// Without its line end; nil when the client is gone.
    func readLine() -> String? {
        var bytes: [UInt8] = []
        while let byte = readByte() {
            if byte == 0x0A {
                return String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes[...], as: UTF8.self)
            }
            bytes.append(byte)
        }
        return nil
    }

    func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let n = bytes.withUnsafeMutableBytes { recv(fd, $0.baseAddress! + got, count - got, 0) }
            guard n > 0 else { return nil }
            got += n
        }
        return bytes
    }

    func readHead() -> (line: String, fields: [String])? {
        guard let line = readLine() else { return nil }
        var fields: [String] = []
        while let field = readLine() {
            if field.isEmpty { return (line, fields) }
            fields.append(field)
        }
        return nil
    }

    /// A whole request, its body by length or in chunks.
    func readRequest() -> Request? {
        guard let (line, fields) = readHead() else { return nil }
        let head = Request(line: line, fields: fields, body: [])
        if head.values("transfer-encoding") == ["chunked"] {
            var body: [UInt8] = []
            while let size = readLine().flatMap({ Int($0, radix: 16) }) {
                guard let chunk = read(size), readLine() == "" else { return nil }
                if size == 0 { return Request(line: line, fields: fields, body: body) }
                body += chunk
            }
            return nil
        }
        let length = head.values("content-length").first.flatMap { Int($0) } ?? 0
        return read(length).map { Request(line: line, fields: fields, body: $0) }
    }

    /// Returns when the client closes.
    func waitForClose() { while readByte() != nil {} }

    /// The next close sends RST instead of FIN.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

extension String {
    fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
