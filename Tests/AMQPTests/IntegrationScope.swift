import AMQP
import FoundationEssentials
import TestKit
import Testing

/// The tests against a real broker, one after another: they count descriptors and threads, and share two cores.
@Suite(.serialized, .timeLimit(.minutes(3))) struct AMQPIntegrationTests {}

func configuration(_ url: String? = nil, _ name: String = #function) throws -> AMQPConfiguration {
    var configuration = try AMQPConfiguration(
        url: try url ?? SharedServers.address(of: .rabbitmq), connectionName: name)
    configuration.connectTimeout = .seconds(5)
    return configuration
}

@discardableResult
func withConnection<Result>(
    _ configuration: AMQPConfiguration, _ body: (AMQPConnection) async throws -> Result
) async throws -> Result {
    let connection = try await AMQPConnection.open(configuration)
    do {
        let result = try await body(connection)
        await connection.close()
        return result
    } catch {
        await connection.close()
        throw error
    }
}

/// A quorum queue that is gone afterwards.
func withQueue(
    _ configuration: AMQPConfiguration, arguments: AMQPTable = [:], _ body: (String) async throws -> Void
) async throws {
    let queue = uniqueName("amqp")
    try await withConnection(configuration) { try await $0.declareQuorumQueue(queue, arguments) }
    do { try await body(queue) } catch {
        _ = try? await withConnection(configuration) { try await $0.deleteQueue(queue) }
        throw error
    }
    try await withConnection(configuration) { try await $0.deleteQueue(queue) }
}

@discardableResult
func withPublisher<Result>(
    _ configuration: AMQPConfiguration, window: Int = 1000,
    onAvailabilityChange: @escaping @Sendable (AMQPPublisher.Availability) -> Void = { _ in },
    _ body: (AMQPPublisher) async throws -> Result
) async throws -> Result {
    let publisher = AMQPPublisher(configuration, window: window, onAvailabilityChange: onAvailabilityChange)
    try await publisher.start(patience: .seconds(10))
    do {
        let result = try await body(publisher)
        await publisher.close()
        return result
    } catch {
        await publisher.close()
        throw error
    }
}

extension AMQPConnection {
    @discardableResult
    func declareQuorumQueue(_ name: String, _ arguments: AMQPTable = [:]) async throws -> QueueState {
        try await declareQueue(name, arguments: arguments.merging(["x-queue-type": "quorum"]) { $1 })
    }
}

extension AMQPPublisher {
    /// Publishes messages whose id and body are their number, `tasks` at once.
    func publish(_ numbers: Range<Int>, to queue: String, tasks: Int = 200, patience: Duration = .seconds(60))
        async throws
    {
        try await withThrowingTaskGroup { group in
            for part in 0..<tasks {
                group.addTask {
                    for number in stride(from: numbers.lowerBound + part, to: numbers.upperBound, by: tasks) {
                        try await self.publish(.numbered(number, to: queue), patience: patience)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

extension Publication {
    static func numbered(_ number: Int, to queue: String, exchange: String = "", body: [UInt8]? = nil) -> Publication {
        var properties = AMQPProperties()
        properties.messageID = String(number)
        properties.deliveryMode = 2
        return Publication(
            exchange: exchange, routingKey: queue, properties: properties, body: body ?? Array(String(number).utf8))
    }
}

/// `kind` of the error that `body` throws, nil when it throws none or another error.
func kind(_ body: () async throws -> Void) async -> AMQPError.Kind? {
    do { try await body() } catch { return (error as? AMQPError)?.kind }
    return nil
}

/// Entries of a folder of /proc.
func count(_ folder: String) -> Int { (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0 }

/// Resident memory of this process in KiB.
func residentKiB() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
}
