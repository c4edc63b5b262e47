import AMQP
import Foundation
import TestKit
import Testing

extension AMQPIntegrationTests {
    /// One broker for all of it, as it takes seconds to start.
    @Test func certificatesAlarmsAndSuddenDeath() async throws {
        let authority = try await Certificates.make()
        defer { authority.remove() }
        let port = try FaultyWire.freePort()
        let settings = """
            listeners.ssl.1 = 127.0.0.1:\(port)
            ssl_options.cacertfile = \(authority.path("ca.pem"))
            ssl_options.certfile = \(authority.path("server.pem"))
            ssl_options.keyfile = \(authority.path("server.key"))
            """
        try await PrivateServers.with([.rabbitmq], settings: ["SERVERS_RABBITMQ_CONF": settings]) { servers in
            // Declared early: RabbitMQ 3.10 notes a new quorum queue's member on disk only some time later, and a broker killed
            // before starts it anew, empty and without a leader.
            try await withQueue(configuration(servers.amqpURL)) { queue in
                try await certificatesAreChecked(authority, port)
                try await anAlarmMakesPublishersWaitAndConsumersGoOn(servers)
                try await aBrokerKilledInTheMiddleLosesNothing(servers, queue)
            }
        }
    }

    private func certificatesAreChecked(_ authority: Certificates, _ port: Int) async throws {
        let right = "amqps://guest:guest@localhost:\(port)/%2F?cacertfile=\(authority.path("ca.pem"))"
        try await withQueue(configuration(right)) { queue in
            let seen = Tally<Int>()
            let consumer = AMQPConsumer(try configuration(right), queue: queue, prefetch: 50) { delivery in
                seen.add(delivery.body.count)
                return .acknowledge
            }
            try await consumer.start(patience: .seconds(5))
            try await withPublisher(configuration(right)) { publisher in
                try await publisher.publish(0..<500, to: queue)
                try await publisher.publish(.numbered(1, to: queue, body: [UInt8](repeating: 1, count: 300_000)))
            }
            try await eventually("all arrive") { seen.total == 501 && seen.count(300_000) == 1 }
            await consumer.stop(grace: .seconds(5))
        }
        let other = "amqps://guest:guest@localhost:\(port)/%2F?cacertfile=\(authority.path("other.pem"))"
        let otherName = right.replacing("localhost", with: "127.0.0.1")
        for wrong in [other, otherName, "amqps://guest:guest@localhost:\(port)/%2F"] {
            #expect(await kind { try await AMQPConnection.open(configuration(wrong)).close() } == .tls)
        }
        try await AMQPConnection.open(configuration("amqps://guest:guest@127.0.0.1:\(port)/%2F?verify=verify_none"))
            .close()
    }

    private func anAlarmMakesPublishersWaitAndConsumersGoOn(_ servers: PrivateServers) async throws {
        let plain = try configuration(servers.amqpURL)
        try await withQueue(plain) { queue in
            let (seen, changes) = (Tally<String>(), Tally<String>())
            try await withPublisher(
                plain,
                onAvailabilityChange: { change in
                    switch change {
                    case .up: changes.add("up")
                    case .down: changes.add("down")
                    case .blocked: changes.add("blocked")
                    }
                }
            ) { publisher in
                try await publisher.publish(0..<300, to: queue)
                _ = try await servers.rabbitmqctl("set_vm_memory_high_watermark", "0.00001")
                let waiting = Task { try await publisher.publish(300..<400, to: queue, tasks: 100) }
                try await eventually("it is reported") { changes.count("blocked") == 1 }
                #expect(
                    await kind { try await publisher.publish(.numbered(999, to: queue), patience: .milliseconds(100)) }
                        == .blocked)
                let consumer = AMQPConsumer(plain, queue: queue, prefetch: 50) { delivery in
                    seen.add(delivery.properties.messageID ?? "")
                    return .acknowledge
                }
                try await consumer.start(patience: .seconds(5))
                try await eventually("consumption goes on") { seen.distinct >= 300 }
                _ = try await servers.rabbitmqctl("set_vm_memory_high_watermark", "0.8")
                try await waiting.value
                try await eventually("all arrive") { (0..<400).allSatisfy { seen.count(String($0)) >= 1 } }
                await consumer.stop(grace: .seconds(5))
            }
            #expect(changes.count("down") == 0 && changes.count("up") == 2)
        }
    }

    private func aBrokerKilledInTheMiddleLosesNothing(_ servers: PrivateServers, _ queue: String) async throws {
        let plain = try configuration(servers.amqpURL)
        let (seen, changes) = (Tally<String>(), Tally<String>())
        let consumer = AMQPConsumer(
            plain, queue: queue, prefetch: 200,
            onAvailabilityChange: { if case .up = $0 { changes.add("up") } else { changes.add("down") } },
            handler: { delivery in
                seen.add(delivery.properties.messageID ?? "")
                return .acknowledge
            })
        try await consumer.start(patience: .seconds(5))
        try await withPublisher(
            plain,
            onAvailabilityChange: {
                if case .up = $0 { changes.add("publisher up") } else { changes.add("publisher down") }
            }
        ) { publisher in
            let publishing = Task { try await publisher.publish(0..<10_000, to: queue, tasks: 300) }
            try await eventually("a third is through", within: .seconds(20)) { seen.distinct > 3_000 }
            try await servers.kill(.rabbitmq)
            try await servers.start(.rabbitmq)
            try await publishing.value
        }
        try await eventually("all are seen", within: .seconds(30)) { seen.distinct == 10_000 }
        await consumer.stop(grace: .seconds(5))
        // A broker that is just starting may end a connection once more.
        for name in ["", "publisher "] {
            let (ups, downs) = (changes.count(name + "up"), changes.count(name + "down"))
            #expect(downs >= 1 && ups == downs + 1, "\(name)\(ups) \(downs)")
        }
    }
}

/// A certificate authority, a server's certificate for `localhost`, and an authority that signed nothing.
private struct Certificates {
    private let folder: URL

    func path(_ name: String) -> String { folder.appending(path: name).path }
    func remove() { try? FileManager.default.removeItem(at: folder) }

    static func make() async throws -> Certificates {
        let folder = FileManager.default.temporaryDirectory.appending(path: uniqueName("certificates"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = """
            set -e
            for ca in ca other; do
                openssl req -x509 -newkey rsa:2048 -nodes -keyout $ca.key -out $ca.pem -days 2 -subj "/CN=$ca"
            done
            openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost
            echo subjectAltName=DNS:localhost > extensions
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile extensions
            chmod 755 .
            chmod 644 *
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try #require(status == 0, "openssl could not make certificates")
        return Certificates(folder: folder)
    }
}
