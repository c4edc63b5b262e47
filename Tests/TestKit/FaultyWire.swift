import Foundation
import Synchronization

/// A TCP proxy on a loopback port before RabbitMQ, PostgreSQL or Redis: it passes everything on until told to misbehave.
///
///     let wire = try FaultyWire(before: servers.amqpURL)
///     defer { wire.end() }
///     let url = wire.url(servers.amqpURL)  // the same server, by way of the wire
///     wire.tell(.cut(after: 700, .toServer))
///     try await eventually("it is cut") { wire.struck == 1 }
///
/// Each connection has two threads of its own; they look at what they have been told before every byte that they pass on,
/// and every 10 ms. Any thread may call.
public final class FaultyWire: Sendable {
    public let port: Int
    private let server: Int
    private let listener: Int32
    private let state = Mutex(WireState())

    /// - Parameter url: Of the server; of a list, as a cluster has, the first.
    public convenience init(before url: String) throws {
        let first = url.split(separator: ",").first.map(String.init) ?? url
        guard let port = URLComponents(string: first)?.port else {
            throw ServerError(description: "a wire needs the address of a server with its port")
        }
        try self.init(to: port)
    }

    /// - Parameter server: The port on 127.0.0.1 where the server listens.
    public init(to server: Int) throws {
        self.server = server
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        port = WireSocket.listen(listener)
        guard port != 0 else { throw ServerError(description: "no port for a wire") }
        start { $0.accept() }
    }

    /// The address with the server's port replaced by the wire's, also in a list.
    public func url(_ url: String) -> String {
        url.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard var address = URLComponents(string: String(part)), address.port == server else { return String(part) }
            address.port = port
            return address.string ?? String(part)
        }.joined(separator: ",")
    }

    /// Begins a fault, or ends it: with nil all connections that are left move again.
    public func tell(_ fault: WireFault?) { state.withLock { $0.tell(fault) } }

    /// Ends all connections that there are; those to come fare as told.
    public func cutAll() { state.withLock { $0.cutAll() } }

    /// Nothing is told, and no connection stalled.
    public var isSound: Bool { state.withLock { $0.isSound } }
    /// Connections taken so far, those that were refused too.
    public var accepted: Int { state.withLock { $0.accepted } }
    /// Connections cut, stalled or garbled so far.
    public var struck: Int { state.withLock { $0.struck } }

    /// Ends all connections, and takes no more.
    public func end() { state.withLock { $0.isOver = true } }

    /// A port on which nothing listens at the moment.
    public static func freePort() throws -> Int {
        let wire = try FaultyWire(to: 1)
        wire.end()
        return wire.port
    }

    // MARK: Threads

    private func start(_ body: @escaping @Sendable (FaultyWire) -> Void) {
        Thread.detachNewThread { body(self) }
    }

    private func accept() {
        while !state.withLock({ $0.isOver }) {
            guard WireSocket.isReadable(listener) else { continue }
            let client = WireSocket.accept(listener)
            guard client >= 0 else { continue }
            guard let id = state.withLock({ $0.accept() }) else {
                close(client)
                continue
            }
            let server = WireSocket.connect(to: server)
            let ends = Mutex(2)
            // Both sockets live until both threads have left them.
            let finish: @Sendable (FaultyWire) -> Void = { wire in
                shutdown(client, Int32(SHUT_RDWR))
                shutdown(server, Int32(SHUT_RDWR))
                let isLast = ends.withLock { ends in
                    ends -= 1
                    return ends == 0
                }
                guard isLast else { return }
                wire.state.withLock { $0.close(id) }
                close(client)
                close(server)
            }
            start { wire in
                wire.carry(client, server, .toServer, id)
                finish(wire)
            }
            start { wire in
                wire.carry(server, client, .toClient, id)
                finish(wire)
            }
        }
        close(listener)
    }

    private func carry(_ source: Int32, _ target: Int32, _ direction: WireFault.Direction, _ id: Int) {
        var waiting: [UInt8] = []
        while !state.withLock({ $0.isOver(id) }) {
            if state.withLock({ $0.isStill(id) }) {
                WireSocket.rest()
                continue
            }
            if waiting.isEmpty {
                guard WireSocket.isReadable(source) else { continue }
                waiting = WireSocket.receive(source)
                guard !waiting.isEmpty else { return }
            }
            let count = waiting.count
            switch state.withLock({ $0.arrived(count, direction, on: id) }) {
            case .wait: continue
            case .pass(let count):
                guard WireSocket.send(target, waiting[..<count]) else { return }
                waiting.removeFirst(count)
            case .end(let count, let instead):
                _ = WireSocket.send(target, waiting[..<count] + instead)
                return
            }
        }
    }
}
