/// One answer, complete in memory.
struct SandboxAnswer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Send the body in small pieces over so long a time.
    var dripsOver: Duration?
    var delivery = Delivery.whole

    enum Delivery: Equatable, Sendable {
        case whole
        /// The head with the full length, half of the body, and the connection is closed.
        case cutOff
        /// A byte a second.
        case drip
        /// The body again and again, until nobody listens any more or 1 GiB is sent.
        case flood
    }

    static func json(
        _ status: Int, _ value: JSON, headers: [(name: String, value: String)] = [],
        type: String = "application/json; charset=utf-8"
    ) -> Self {
        Self(status: status, headers: [("content-type", type)] + headers, body: value.bytes)
    }

    static func text(_ status: Int, _ text: String) -> Self {
        Self(status: status, headers: [("content-type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    /// What the sandbox itself (not a provider) says about a bad request.
    static func refused(_ status: Int, _ message: String) -> Self { json(status, ["error": .string(message)]) }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Every reset that is named in Unix seconds moves.
    mutating func moveResets(by duration: Duration) {
        for index in headers.indices where headers[index].name.hasSuffix("-reset") {
            guard let seconds = Int(headers[index].value) else { continue }
            headers[index].value = String(seconds + Int(duration.components.seconds))
        }
    }
}
