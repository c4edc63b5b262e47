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
            "method": .string(request.method), "path": .string(Self.keptPath(request, provider)),
            "query": .string(query.joined(separator: "&")), "status": .int(Int64(status)),
        ]
        if let secret = request.headers["authorization"] ?? request.headers["x-api-key"] {
            let digest = SHA256.hash(data: Array(secret.utf8))
            members["authorization_sha256"] = .string(digest.map { hexPair($0) }.joined())
        }
        if let fault = fault.label { members["fault"] = .string(fault) }
        let body = Self.keptBody(request, provider)
        if let body { members["body"] = .string(body) }
        self.provider = provider
        self.json = .object(members)
        self.size = request.path.utf8.count + (body?.utf8.count ?? 0) + 512
    }

    /// What tests look into: prompts and notifications, without the keys that travel in them.
    private static func keptBody(_ request: SandboxRequest, _ provider: String) -> String? {
        switch provider {
        case "anthropic", "slack", "smtp": return String(decoding: request.body, as: UTF8.self)
        case "pagerduty":
            guard var event = JSON(bytes: request.body)?.object else { return nil }
            if event["routing_key"] != nil { event["routing_key"] = "***" }
            return JSON.object(event).text
        default: return nil
        }
    }

    /// A webhook's path is its secret.
    private static func keptPath(_ request: SandboxRequest, _ provider: String) -> String {
        provider == "slack" ? "/slack/services/***" : request.path
    }
}

func hexPair(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
}
