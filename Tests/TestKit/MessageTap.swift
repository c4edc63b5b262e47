/// A queue that gets a copy of each message that is published to an exchange of ours in a test's virtual host, whatever becomes of
/// the message: by RabbitMQ's own tracing (`amq.rabbitmq.trace`), so a message that no queue takes is returned as ever.
public enum MessageTap {
    public static let name = "test.seen"

    private static let exchanges = ["repazoo.requests", "repazoo.ticks", "repazoo.events", "repazoo.dead"]
    /// A storm must not fill the broker's memory: of more, the latest are kept.
    private static let most = 5000

    /// As RabbitMQ's definitions write it.
    static func queue(in host: String) -> [String: Any] {
        [
            "name": name, "vhost": host, "durable": false, "auto_delete": false,
            "arguments": ["x-max-length": most],
        ]
    }

    static func bindings(in host: String) -> [[String: Any]] {
        exchanges.map { exchange in
            [
                "source": "amq.rabbitmq.trace", "vhost": host, "destination": name, "destination_type": "queue",
                "routing_key": "publish." + exchange, "arguments": [String: Any](),
            ]
        }
    }
}
