import Crypto
import FoundationEssentials

/// What the sandbox remembers of one request. Secrets are left out, or stand as their SHA-256.
struct RequestRecord: Sendable {
    let provider: String
    let json: JSON
    let size: Int

    /// Query values that are secrets by their name.
    private static let secretNames: Set<String> = [
        "access_token", "refresh_token", "token", "client_secret", "code", "code_verifier", "api_key", "key",
    ]

    init(_ request: SandboxRequest, provider: String, at time: Date, status: Int, fault: FaultDecision) {
        let query = request.query.pairs.map { pair in
            Self.secretNames.contains(pair.name.lowercased()) ? "\(pair.name)=***" : "\(pair.name)=\(pair.value)"
        }
        var members: [String: JSON] = [
            "time": .string(Timestamp.text(time)), "provider": .string(provider),
            "method": .string(request.method), "path": .string(request.path),
            "query": .string(query.joined(separator: "&")), "status": .int(Int64(status)),
        ]
        if let secret = request.headers["authorization"] ?? request.headers["x-api-key"] {
            let digest = SHA256.hash(data: Array(secret.utf8))
            members["authorization_sha256"] = .string(digest.map { hexPair($0) }.joined())
        }
        if let fault = fault.label { members["fault"] = .string(fault) }
        if provider == "anthropic" { members["body"] = .string(String(decoding: request.body, as: UTF8.self)) }
        self.provider = provider
        self.json = .object(members)
        self.size = request.path.utf8.count + (provider == "anthropic" ? request.body.count : 0) + 512
    }
}

func hexPair(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
}
