import Foundation
import HTTPTransport
import Logging
import Synchronization

@testable import Sandbox

/// A clock that the test moves by hand.
final class HandClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { time.withLock { $0 } }
    func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

struct Reply: Sendable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { JSON(bytes: body) ?? .null }
}

/// Talks to one running sandbox.
struct Client: Sendable {
    let port: Int
    let http: HTTPClient

    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> Reply {
        guard let method = HTTPRequest.Method(rawValue: method) else { throw UnknownMethod() }
        let request = HTTPRequest(
            method, "http://127.0.0.1:\(port)\(path)", headers: HTTPHeaders(headers.map { ($0.key, $0.value) }),
            body: body.map { .bytes(Array($0.utf8)) } ?? .none)
        let response = try await http.send(request)
        let fields = Dictionary(
            response.headers.fields.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        return Reply(status: response.status, headers: fields, body: response.body)
    }

    func timeline(_ user: String, _ query: String = "", token: String? = nil) async throws -> Reply {
        try await send(
            "GET", "/twitter/2/users/\(user)/tweets\(query.isEmpty ? "" : "?" + query)",
            headers: ["Authorization": "Bearer \(token ?? "sandbox-\(user)")"])
    }

    func register(_ user: String) async throws -> Reply {
        try await send("POST", "/sandbox/users", headers: ["Content-Type": "application/json"], body: user)
    }

    func oauth(_ path: String, _ form: String, authorized: Bool = true) async throws -> Reply {
        var headers = ["Content-Type": "application/x-www-form-urlencoded"]
        if authorized { headers["Authorization"] = "Basic " + Data("client:secret".utf8).base64EncodedString() }
        return try await send("POST", "/twitter/2/oauth2/\(path)", headers: headers, body: form)
    }

    static let anthropicHeaders = [
        "x-api-key": "key-of-a-test", "anthropic-version": "2023-06-01", "content-type": "application/json",
    ]

    func message(_ body: JSON, headers: [String: String] = Self.anthropicHeaders) async throws -> Reply {
        try await send("POST", "/anthropic/v1/messages", headers: headers, body: body.text)
    }
}

/// Runs a sandbox of this test's own on a free port for as long as the body runs.
func withSandbox(
    _ configure: (inout SandboxServer.Options) -> Void = { _ in },
    _ body: @Sendable @escaping (Client) async throws -> Void
) async throws {
    var options = SandboxServer.Options()
    configure(&options)
    var logger = Logger(label: "sandbox-test")
    logger.logLevel = .critical
    let server = SandboxServer(options: options, logger: logger)
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { listening.finish() }
            do {
                try await server.run(endsOnSignals: false) { port, _ in listening.yield(port) }
            } catch is CancellationError {}
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { throw NotListening() }
        let http = HTTPClient()
        try await body(Client(port: port, http: http))
        await http.shutdown()
        group.cancelAll()
    }
}

struct NotListening: Error {}
struct UnknownMethod: Error {}

/// A request for the sentiment of tweets, as the analyzer sends it.
func sentimentRequest(_ texts: [String], maxTokens: Int64 = 4_000, changes: [String: JSON] = [:]) -> JSON {
    let lines = texts.enumerated().map {
        JSON.object(["n": .int(Int64($0.offset + 1)), "text": .string($0.element)]).text
    }
    let tweet: JSON = [
        "type": "object", "additionalProperties": false, "required": ["n", "sentiment", "score"],
        "properties": [
            "n": ["type": "integer"], "score": ["type": "number"],
            "sentiment": ["type": "string", "enum": ["positive", "neutral", "negative"]],
        ],
    ]
    let schema: JSON = [
        "type": "object", "additionalProperties": false, "required": ["tweets", "themes", "summary"],
        "properties": [
            "tweets": ["type": "array", "items": tweet], "summary": ["type": "string"],
            "themes": ["type": "array", "items": ["type": "string"]],
        ],
    ]
    var members: [String: JSON] = [
        "model": "claude-sonnet-5", "max_tokens": .int(maxTokens), "system": "Judge the tweets.",
        "messages": [
            [
                "role": "user",
                "content": .string("Data follows.\n<tweets>\n" + lines.joined(separator: "\n") + "\n</tweets>\n"),
            ]
        ],
        "output_config": ["format": ["type": "json_schema", "schema": schema]],
    ]
    for (name, value) in changes { members[name] = value == .null ? nil : value }
    return .object(members)
}
