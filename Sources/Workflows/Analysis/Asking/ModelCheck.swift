import AnthropicAPI
import Bootstrap
import Logging

/// Asks the provider, when a consumer starts, for every model of the lists (`GET /v1/models/{id}`). One that it does not know is said in
/// the log; a tier of which it knows none is bad configuration, and ends the program. A provider that is away, or does not take the key,
/// is told too, and keeps nobody from starting.
struct ModelCheck: Sendable {
    private enum Finding: Sendable, Equatable {
        case known
        case unknown
        case unclear(String)
    }

    let client: AnthropicClient
    let models: TierModels
    let logger: Logger

    func run() async throws {
        let findings = await withTaskGroup(of: (String, Finding).self) { group in
            for model in models.all { group.addTask { (model, await look(for: model)) } }
            return await group.reduce(into: [String: Finding]()) { $0[$1.0] = $1.1 }
        }
        if let reason = findings.values.compactMap({ if case .unclear(let reason) = $0 { reason } else { nil } }).first
        {
            logger.warning("the models could not be checked", metadata: ["reason": "\(reason)"])
        }
        var faults: [ConfigurationFaults.Fault] = []
        for (variable, list) in [("ANTHROPIC_MODEL_BASIC", models.basic), ("ANTHROPIC_MODEL_PRO", models.pro)] {
            let unknown = list.filter { findings[$0] == .unknown }
            if unknown.count == list.count {
                faults.append(
                    .init(variable: variable, problem: "names no model that Anthropic knows; see its list of models"))
            }
            for model in unknown {
                logger.error(
                    "Anthropic does not know this model", metadata: ["variable": "\(variable)", "model": "\(model)"])
            }
        }
        if !faults.isEmpty { throw ConfigurationFaults(faults: faults) }
    }

    private func look(for model: String) async -> Finding {
        do {
            _ = try await client.model(model)
            return .known
        } catch AnthropicError.notFound {
            return .unknown
        } catch AnthropicError.invalidRequest(let problem) where problem.hasPrefix("the model's name") {
            return .unknown
        } catch {
            return .unclear("\(error)")
        }
    }
}
