import TestKit
import Testing

@Suite struct FaultyWireTests {
    @Test func addressesGoByWayOfTheWire() throws {
        let wire = try FaultyWire(to: 5672)
        defer { wire.end() }
        #expect(wire.url("amqp://guest:guest@127.0.0.1:5672/%2F") == "amqp://guest:guest@127.0.0.1:\(wire.port)/%2F")
        let list = "amqp://a:5672@127.0.0.1:5671/v,amqp://127.0.0.1:5672/v"
        #expect(wire.url(list) == "amqp://a:5672@127.0.0.1:5671/v,amqp://127.0.0.1:\(wire.port)/v")
        let database = "postgresql://u:p%40x@127.0.0.1:5672/db?sslmode=disable"
        #expect(wire.url(database) == "postgresql://u:p%40x@127.0.0.1:\(wire.port)/db?sslmode=disable")
        #expect(throws: ServerError.self) { try FaultyWire(before: "redis://127.0.0.1/0") }
    }
}
