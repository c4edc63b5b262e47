/// One answer, complete in memory.
struct SandboxAnswer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Send the head with the full length, half of the body, and close the connection.
    var isCutOff = false

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
}
