import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import TestKit

/// A collector of traces: takes OTLP/HTTP in JSON on a loopback port, or refuses it.
final class TraceSink: Sendable {
    struct Span: Sendable {
        let service: String
        let trace: String
        let id: String
        let parent: String?
        let name: String
        let kind: Int
        let start: UInt64
        let end: UInt64
        let attributes: [String: String]
    }

    private struct State {
        var bodies: [Data] = []
        var status = 200
        var paths: Set<String> = []
        var port: Int?
    }

    private let state = Mutex(State())

    static func with(_ body: (TraceSink, _ url: String) async throws -> Void) async throws {
        let sink = TraceSink()
        var logger = Logger(label: "sink")
        logger.logLevel = .error
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                let buffer = try await request.body.collect(upTo: 1 << 24)
                return Response(status: .init(code: sink.take(Data(buffer.readableBytesView), request.uri.path)))
            }, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in sink.state.withLock { $0.port = channel.localAddress?.port } },
            logger: logger)
        let group = ServiceGroup(services: [application], logger: logger)
        let running = Task { try await group.run() }
        do {
            try await body(sink, "http://127.0.0.1:\(try await sink.port())")
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    /// What it answers from now on.
    func answer(_ status: Int) { state.withLock { $0.status = status } }

    /// Every body as it came.
    var text: String {
        state.withLock { $0.bodies.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n") }
    }
    var paths: Set<String> { state.withLock { $0.paths } }

    var spans: [Span] {
        state.withLock { $0.bodies }.flatMap { body -> [Span] in
            let json = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any]
            return (json?["resourceSpans"] as? [[String: Any]] ?? []).flatMap(Self.spans)
        }
    }

    private func port() async throws -> Int {
        var port: Int?
        try await eventually("the sink listens") {
            port = state.withLock { $0.port }
            return port != nil
        }
        return port ?? 0
    }

    private func take(_ body: Data, _ path: String) -> Int {
        state.withLock { state in
            state.paths.insert(path)
            if state.status == 200 { state.bodies.append(body) }
            return state.status
        }
    }

    private static func spans(_ resource: [String: Any]) -> [Span] {
        let service = attributes(resource["resource"])["service.name"] ?? ""
        let scopes = resource["scopeSpans"] as? [[String: Any]] ?? []
        return scopes.flatMap { $0["spans"] as? [[String: Any]] ?? [] }.map { span in
            Span(
                service: service, trace: span["traceId"] as? String ?? "", id: span["spanId"] as? String ?? "",
                parent: span["parentSpanId"] as? String, name: span["name"] as? String ?? "",
                kind: span["kind"] as? Int ?? 0, start: UInt64(span["startTimeUnixNano"] as? String ?? "") ?? 0,
                end: UInt64(span["endTimeUnixNano"] as? String ?? "") ?? 0, attributes: attributes(span))
        }
    }

    private static func attributes(_ holder: Any?) -> [String: String] {
        let list = (holder as? [String: Any])?["attributes"] as? [[String: Any]] ?? []
        return list.reduce(into: [:]) { found, attribute in
            let value = attribute["value"] as? [String: Any]
            found[attribute["key"] as? String ?? ""] = (value?["stringValue"] ?? value?["intValue"]) as? String
        }
    }
}
