import AnthropicAPI
import Bootstrap
import HTTPTransport
import Privacy

/// Anthropic: reachable with our key, and acquainted with the models that we name.
struct ModelExamination: Sendable {
    let baseURL: String
    let apiKey: SecretString
    let plainHTTP: HTTPClientConfiguration.PlainHTTP
    /// By tier; the first known one of a list is used.
    let models: [(tier: String, variable: String, names: [String])]

    /// Nil without a key: then there is nobody to ask.
    static func read(_ reader: inout SettingsReader) -> ModelExamination? {
        let baseURL = reader.baseURL("ANTHROPIC_API_URL", default: AnthropicClient.defaultBaseURL)
        let basic = list(reader.text("ANTHROPIC_MODEL_BASIC") ?? "claude-sonnet-5")
        let pro = list(reader.text("ANTHROPIC_MODEL_PRO") ?? "claude-opus-5")
        guard let key = reader.text("ANTHROPIC_API_KEY") else { return nil }
        return ModelExamination(
            baseURL: baseURL, apiKey: SecretString(key), plainHTTP: reader.plainHTTP(),
            models: [("basic", "ANTHROPIC_MODEL_BASIC", basic), ("pro", "ANTHROPIC_MODEL_PRO", pro)])
    }

    func findings() async -> [Finding] {
        var transport = HTTPClientConfiguration()
        transport.plainHTTP = plainHTTP
        let http = HTTPClient(configuration: transport)
        var findings: [Finding] = []
        do throws(AnthropicError) {
            let client = try AnthropicClient(http: http, baseURL: baseURL, apiKey: apiKey)
            for tier in models { findings.append(try await finding(client, tier)) }
        } catch {
            findings.append(Self.finding(error))
        }
        await http.shutdown()
        return findings
    }

    private func finding(
        _ client: AnthropicClient, _ tier: (tier: String, variable: String, names: [String])
    ) async throws(AnthropicError) -> Finding {
        var unknown: [String] = []
        for name in tier.names {
            do throws(AnthropicError) {
                let id = try await client.model(name)
                guard !unknown.isEmpty else { return .good("models", "\(tier.tier): \(id) is known to Anthropic") }
                return .warning(
                    "models",
                    "\(tier.tier): \(id) serves, as Anthropic does not know \(unknown.joined(separator: ", "))",
                    "take what is unknown out of \(tier.variable)")
            } catch {
                guard case .notFound = error else { throw error }
                unknown.append(Plain.line(name, maximumBytes: 64))
            }
        }
        return .bad(
            "models", "\(tier.tier): Anthropic knows none of \(unknown.joined(separator: ", "))",
            "name a model of today in \(tier.variable); its analyses fail until then")
    }

    private static func finding(_ error: AnthropicError) -> Finding {
        switch error {
        case .unauthorized:
            .bad("models", "Anthropic refuses the key: \(error)", "check ANTHROPIC_API_KEY and the key's workspace")
        default:
            .warning(
                "models", "Anthropic could not be asked: \(error)",
                "check ANTHROPIC_API_URL and the way out; run this again")
        }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.drop(while: \.isWhitespace)) }
    }
}
