import Testing

@testable import AMQP

@Suite(.timeLimit(.minutes(1))) struct AMQPEndpointTests {
    @Test func readsEveryPart() throws {
        let endpoint = try AMQPEndpoint("amqp://us%40er:p%2Fw%2C@broker.example:5673/a%2fb")
        #expect(endpoint.host == "broker.example" && endpoint.port == 5673 && endpoint.virtualHost == "a/b")
        #expect(endpoint.user == "us@er" && endpoint.password == "p/w," && endpoint.tls == nil)
    }

    @Test(arguments: [
        ("amqp://h", "/", 5672), ("amqp://h/", "/", 5672), ("amqp://h/%2F", "/", 5672), ("amqp://h/%2f", "/", 5672),
        ("amqp://h/v", "v", 5672), ("amqps://h/v", "v", 5671), ("amqp://[::1]:7/v%20w", "v w", 7),
    ])
    func defaultsAndVirtualHosts(text: String, virtualHost: String, port: Int) throws {
        let endpoint = try AMQPEndpoint(text)
        #expect(endpoint.virtualHost == virtualHost && endpoint.port == port)
        #expect(!endpoint.host.contains("["))
    }

    @Test func aListIsACluster() throws {
        let list = try AMQPEndpoint.list("amqp://a:1, amqps://b/v,amqp://c")
        #expect(list.map(\.host) == ["a", "b", "c"] && list.map(\.port) == [1, 5671, 5672])
    }

    @Test func readsTheParametersOfTLS() throws {
        let tls = try AMQPEndpoint("amqps://h/?cacertfile=%2Fca.pem&certfile=/c&keyfile=/k&verify=verify_none").tls
        #expect(
            tls?.caCertificate == "/ca.pem" && tls?.certificate == "/c" && tls?.key == "/k" && tls?.verifies == false)
        #expect(try AMQPEndpoint("amqps://h").tls?.verifies == true)
    }

    @Test(arguments: [
        "", ",", "hunter2", "http://u:hunter2@h", "hunter2://h", "amqp://", "amqp://u:hunter2@", "amqp://u:hunter2@h:0",
        "amqp://u:hunter2@h:99999",
        "amqp://u:hunter2@h/a/b", "amqp://u:hunter2@h?verify=verify_none", "amqps://u:hunter2@h?verify=maybe",
        "amqps://u:hunter2@h?certfile=/c", "amqps://u:hunter2@h?other=1", "amqps://u:1?hunter2@h",
        "amqp://u:1#hunter2@h",
        "amqp://u:hunter2%00@h", "amqp://u:hun,ter2@h", "amqp://u:hunter2@h:port",
    ])
    func aBadURLIsRefusedWithoutEchoingIt(text: String) {
        #expect { try AMQPEndpoint.list(text) } throws: { error in
            (error as? AMQPError)?.kind == .invalidURL && !"\(error)".contains("hunter2")
                && !"\(error)".contains("ter2")
        }
    }

    @Test func theDescriptionHoldsNoPassword() throws {
        #expect(try "\(AMQPEndpoint("amqp://user:hunter2@h/v"))" == "amqp://h:5672/v")
    }
}
