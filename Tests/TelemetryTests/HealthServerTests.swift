import Glibc
import Logging
import Privacy
import ServiceLifecycle
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(4)))
struct HealthServerTests {
    @Test func answersOnItsThreePaths() async throws {
        let readiness = Readiness(logger: .capturing(CapturingSink()))
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "seen", dimensions: []).increment(by: 1)
        readiness.register("postgres")
        try await withServer(readiness, registry) { port in
            #expect(try await get("/healthz", port).status == 200)
            let starting = try await get("/readyz", port)
            #expect(starting.status == 503)
            #expect(try JSONValue(parsing: starting.body)["dependencies"]?["postgres"]?["state"] == "starting")
            readiness.report("postgres", .down("password=canary refused"))
            let down = try await get("/readyz", port)
            let state = try JSONValue(parsing: down.body)["dependencies"]?["postgres"]
            #expect(
                down.status == 503 && state?["state"] == "down" && state?["reason"] == "password=[PASSWORD] refused")
            #expect(state?["since"]?.string?.hasSuffix("Z") == true && !down.body.contains("canary"))
            readiness.report("postgres", .up)
            let up = try await get("/readyz", port)
            #expect(up.status == 200 && up.body.contains("\"ready\":true"))
            let metrics = try await get("/metrics", port)
            #expect(metrics.status == 200 && metrics.body.contains("# TYPE seen counter\nseen 1\n"))
            #expect(metrics.head.lowercased().contains("content-type: text/plain; version=0.0.4"))
            #expect(try await get("/elsewhere", port).status == 404)
            #expect(try await get("/healthz", port, method: "POST").status == 405)
        }
    }

    @Test func aPortInUseIsAClearError() async throws {
        let readiness = Readiness(logger: .capturing(CapturingSink()))
        try await withServer(readiness, PrometheusRegistry()) { port in
            let second = HealthServer(port: port, readiness: readiness, metrics: PrometheusRegistry())
            let error = await #expect(throws: HealthServerError.self) { try await second.run() }
            #expect(error?.port == port && error.map { "\($0)".contains("HTTP_PORT") } == true)
            await #expect(throws: HealthServerError.self) { try await second.boundPort }
        }
    }

    /// Runs a server on a free port until `body` is done, and waits for its clean end.
    private func withServer(
        _ readiness: Readiness, _ registry: PrometheusRegistry, _ body: (Int) async throws -> Void
    ) async throws {
        let server = HealthServer(port: 0, readiness: readiness, metrics: registry)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: server)], logger: Logger.capturing(CapturingSink())))
        let running = Task { try await group.run() }
        do {
            try await body(try await server.boundPort)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    private func get(_ path: String, _ port: Int, method: String = "GET") async throws -> Answer {
        try await OwnThread.run { try Answer(method: method, path: path, port: port) }
    }
}

/// One request over a plain socket, the connection closed by the server.
private struct Answer {
    let status: Int
    let head: String
    let body: String

    init(method: String, path: String, port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
        let request = Array("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        try #require(send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count)
        let text = String(decoding: readAll(descriptor), as: UTF8.self)
        let split = try #require(text.firstRange(of: "\r\n\r\n"))
        head = String(text[..<split.lowerBound])
        body = String(text[split.upperBound...])
        status = try #require(Int(head.split(separator: " ")[1]))
    }
}
