import EventLoop
import Glibc
import Synchronization

/// A TCP server on a loopback port that passes everything on to a broker until told to misbehave.
///
/// Each connection has two threads of its own; they look every 10 ms at what they have been told.
final class FaultyWire: Sendable {
    enum Mode: Equatable {
        case passing
        /// Open, but nothing moves any more.
        case frozen
        /// Ends every connection after so many more bytes from the broker.
        case cutting(after: Int)
        /// Sends these instead of what the broker says.
        case garbling([UInt8])
        /// New connections are taken and ended at once.
        case refusing
    }

    let port: Int
    private let target: Int
    private let listener: Int32
    private let state = Mutex((mode: Mode.passing, accepted: 0, cuts: 0, isOver: false))

    init(to target: Int) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutableBytes(of: &address) { raw in
            let pointer = raw.assumingMemoryBound(to: sockaddr.self).baseAddress
            guard bind(listener, pointer!, length) == 0, listen(listener, 64) == 0,
                getsockname(listener, pointer!, &length) == 0
            else { return 0 }
            return Int(UInt16(bigEndian: raw.assumingMemoryBound(to: sockaddr_in.self)[0].sin_port))
        }
        guard port != 0 else { throw Unusable() }
        self.port = port
        BlockingThread.start(name: "wire-accept") { self.accept() }
    }

    struct Unusable: Error {}

    var mode: Mode {
        get { state.withLock { $0.mode } }
        set { state.withLock { $0.mode = newValue } }
    }
    var accepted: Int { state.withLock { $0.accepted } }
    func end() { state.withLock { $0.isOver = true } }

    /// A port on which nothing listens at the moment.
    static func freePort() throws -> Int {
        let wire = try FaultyWire(to: 1)
        wire.end()
        return wire.port
    }

    private func accept() {
        while !state.withLock({ $0.isOver }) {
            guard Self.isReadable(listener) else { continue }
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { continue }
            let cuts = state.withLock { state in
                state.accepted += 1
                return state.cuts
            }
            if mode == .refusing {
                close(client)
                continue
            }
            let broker = Self.connected(to: target)
            let ends = Mutex(2)
            let finish: @Sendable () -> Void = {
                shutdown(client, Int32(SHUT_RDWR))
                shutdown(broker, Int32(SHUT_RDWR))
                guard
                    ends.withLock({
                        $0 -= 1; return $0 == 0
                    })
                else { return }
                close(client)
                close(broker)
            }
            BlockingThread.start(name: "wire-up") {
                self.carry(client, broker, fromBroker: false, cuts); finish()
            }
            BlockingThread.start(name: "wire-down") {
                self.carry(broker, client, fromBroker: true, cuts); finish()
            }
        }
        close(listener)
    }

    private func carry(_ source: Int32, _ target: Int32, fromBroker: Bool, _ cuts: Int) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while state.withLock({ !$0.isOver && $0.cuts == cuts }) {
            guard Self.isReadable(source) else { continue }
            let mode = mode
            if mode == .frozen {
                poll(nil, 0, 10)
                continue
            }
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            var limit = count
            if fromBroker {
                if case .garbling(let bytes) = mode {
                    _ = send(target, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                    return
                }
                if case .cutting(let rest) = mode {
                    limit = min(count, rest)
                    state.withLock { state in
                        state.mode = rest > count ? .cutting(after: rest - count) : .passing
                        if rest <= count { state.cuts += 1 }
                    }
                }
            }
            guard Self.sendAll(target, buffer[..<limit]) else { return }
        }
    }

    private static func sendAll(_ socket: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func isReadable(_ socket: Int32) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 10) > 0
    }

    private static func connected(to port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        _ = withUnsafeBytes(of: &address) {
            connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t($0.count))
        }
        return descriptor
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
