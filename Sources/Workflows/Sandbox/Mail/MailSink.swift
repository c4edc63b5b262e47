import Dispatch
import EventLoop
import Glibc

/// An SMTP server on loopback that takes every mail and delivers none: `GET /sandbox/log?provider=smtp` shows what came.
///
/// Each connection has a thread of its own, at most 32 of them; so no thread of Swift's pool ever waits for a peer.
final class MailSink: Sendable {
    let port: Int
    private let listener: Int32
    private let connections = DispatchSemaphore(value: 32)
    /// Takes a mail, or says why not: a reply line, or nil to close without one.
    private let receive: @Sendable (MailDialogue.Mail) async -> String?

    /// Nil when the port cannot be had.
    init?(host: String, port: Int, receive: @escaping @Sendable (MailDialogue.Mail) async -> String?) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr(host == "localhost" ? "127.0.0.1" : host)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard listener >= 0, isBound else {
            if listener >= 0 { close(listener) }
            return nil
        }
        self.listener = listener
        self.port = Int(UInt16(bigEndian: address.sin_port))
        self.receive = receive
        BlockingThread.start(name: "sandbox-mail") { [self] in acceptAll() }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func acceptAll() {
        while true {
            let peer = accept(listener, nil, nil)
            if peer < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            connections.wait()
            BlockingThread.start(name: "sandbox-mail") { [self] in
                serve(peer)
                close(peer)
                connections.signal()
            }
        }
    }

    private func serve(_ peer: Int32) {
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var dialogue = MailDialogue()
        var pending: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        guard say(MailDialogue.greeting, to: peer) else { return }
        while true {
            let count = recv(peer, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            pending += chunk[..<count]
            while let end = pending.firstIndex(of: 0x0A) {
                let line = Array(pending[..<end].last == 0x0D ? pending[..<(end - 1)] : pending[..<end])
                pending.removeFirst(end + 1)
                guard react(to: dialogue.take(line), &dialogue, peer) else { return }
            }
            guard pending.count <= MailDialogue.maximumLine else { return }
        }
    }

    private func react(to reply: MailDialogue.Reply, _ dialogue: inout MailDialogue, _ peer: Int32) -> Bool {
        switch reply {
        case .none: return true
        case .line(let text): return say(text, to: peer)
        case .bye(let text):
            _ = say(text, to: peer)
            return false
        case .mail:
            let mail = dialogue.mail
            dialogue.finish()
            guard let answer = waitFor(mail) else { return false }
            return say(answer, to: peer)
        }
    }

    /// On a thread of our own, so waiting for a task is no harm.
    private func waitFor(_ mail: MailDialogue.Mail) -> String? {
        // `@unchecked Sendable`: written by the task before it signals, read here after the wait; the semaphore orders the two.
        final class Box: @unchecked Sendable {
            var answer: String?
        }
        let (box, done) = (Box(), DispatchSemaphore(value: 0))
        Task { [receive] in
            box.answer = await receive(mail)
            done.signal()
        }
        done.wait()
        return box.answer
    }

    private func say(_ text: String, to peer: Int32) -> Bool {
        let bytes = Array((text + "\r\n").utf8)
        return send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
}
