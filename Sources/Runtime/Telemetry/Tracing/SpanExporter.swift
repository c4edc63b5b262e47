import CoreMetrics
import HTTPTransport
import Logging
import Privacy
public import ServiceLifecycle

/// Sends finished spans to a collector by OTLP/HTTP, once a second and in batches, until the group it belongs to shuts down; then what
/// is left, for at most two seconds.
///
/// A collector that is away costs nothing but spans: a batch is tried three times and then given up.
///
/// | metric | kind | labels |
/// | --- | --- | --- |
/// | `repazoo_spans_total` | counter | outcome: exported; failed (the collector did not take them); dropped (no room in the queue) |
public struct SpanExporter: Service {
    private static let batch = 512
    private static let pause = Duration.seconds(1)
    private static let farewell = Duration.seconds(2)

    private let queue: SpanQueue
    private let settings: TraceSettings
    private let request: OTLPRequest
    private let http: HTTPClient
    private let logger: Logger
    private let counters: [String: Counter]

    public init(_ queue: SpanQueue, _ settings: TraceSettings, program: String, version: String) {
        self.queue = queue
        self.settings = settings
        request = OTLPRequest(
            resource: [
                ("service.name", settings.serviceName ?? program), ("service.namespace", "repazoo"),
                ("service.version", version), ("telemetry.sdk.language", "swift"),
            ], version: version)
        var configuration = HTTPClientConfiguration()
        // The operator wrote this URL; collectors are spoken to without TLS inside of a stack's own network.
        configuration.plainHTTP = .anywhere
        configuration.userAgent = "repazoo/\(version)"
        http = HTTPClient(configuration: configuration)
        logger = Logger(label: "traces")
        counters = Dictionary(
            uniqueKeysWithValues: ["exported", "failed", "dropped"].map {
                ($0, Counter(label: "repazoo_spans_total", dimensions: [("outcome", $0)]))
            })
    }

    public func run() async throws {
        var outage = Outage()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            await sendAll(tries: 3, &outage)
        }
        let deadline = ContinuousClock.now + Self.farewell
        while .now < deadline, await sendBatch(tries: 1, &outage) {}
        await http.shutdown()
    }

    private func sendAll(tries: Int, _ outage: inout Outage) async {
        while !Task.isShuttingDownGracefully, await sendBatch(tries: tries, &outage) {}
    }

    /// False when there was nothing to send, or it was not taken.
    private func sendBatch(tries: Int, _ outage: inout Outage) async -> Bool {
        count("dropped", queue.takeDropped())
        let spans = queue.take(Self.batch)
        guard !spans.isEmpty else { return false }
        let body = Array(request.body(spans).utf8)
        for number in 1...tries {
            switch await send(body) {
            case .taken:
                count("exported", spans.count)
                if outage.end() { logger.notice("traces are taken again") }
                return true
            case .refused(let problem):
                report(problem, &outage)
                count("failed", spans.count)
                return false
            case .later(let problem):
                report(problem, &outage)
                guard number < tries, !Task.isShuttingDownGracefully else { break }
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(number)) }
            }
        }
        count("failed", spans.count)
        return false
    }

    private enum Answer {
        case taken
        case later(String)
        case refused(String)
    }

    /// Which answers mean "later" is OTLP's own list.
    private func send(_ body: [UInt8]) async -> Answer {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        for (name, value) in settings.headers { headers[name] = value.reveal() }
        let request = HTTPRequest(
            .post, settings.endpoint, headers: headers, body: .bytes(body),
            timeouts: HTTPTimeouts(connect: .seconds(2), total: .seconds(5)), maxResponseBytes: 64 * 1024)
        do throws(HTTPError) {
            let status = try await http.send(request).status
            if (200..<300).contains(status) { return .taken }
            return [429, 502, 503, 504].contains(status) ? .later("status \(status)") : .refused("status \(status)")
        } catch {
            return .later("\(error.kind)")
        }
    }

    private func report(_ problem: String, _ outage: inout Outage) {
        guard outage.begin() else { return }
        logger.warning("traces are not taken; work goes on without them", metadata: ["problem": "\(problem)"])
    }

    private func count(_ outcome: String, _ number: Int) {
        if number > 0 { counters[outcome]?.increment(by: Int64(number)) }
    }

    /// Told once when it begins and once when it ends.
    private struct Outage {
        private var isOn = false

        mutating func begin() -> Bool {
            defer { isOn = true }
            return !isOn
        }

        mutating func end() -> Bool {
            defer { isOn = false }
            return isOn
        }
    }
}
