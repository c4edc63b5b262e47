import AMQP
import ArgumentParser
import Bootstrap
import FoundationEssentials
import Topology

struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "The broker's exchanges, queues and bindings.",
        discussion: """
            `apply` makes what is missing and never changes or deletes anything. `verify` lists each difference and exits 1 \
            if there is one. `show` prints the definitions, importable by RabbitMQ as they are; `users` those of its users:

              repazoo topology show | rabbitmqctl import_definitions

            Reads AMQP_URL. AMQP cannot list bindings: `verify` checks them where RABBITMQ_MANAGEMENT_URL \
            (http://user:password@host:15672) names the management plugin.
            """,
        subcommands: [Apply.self, Verify.self, Show.self, TopologyUsers.self])

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Declares what is missing.",
            discussion: "Safe to run at any time. What exists otherwise than defined is listed, with exit code 1.")
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await CommandRun.carryOut { output in
                try await TopologyReport.read(ProcessInfo.processInfo.environment, output: output, isJSON: json).apply()
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists how the broker differs from the definitions.", discussion: "Changes nothing.")
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await CommandRun.carryOut { output in
                try await TopologyReport.read(ProcessInfo.processInfo.environment, output: output, isJSON: json)
                    .verify()
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the definitions of this release.", discussion: "RabbitMQ's own format, in JSON.")
        @Flag(help: "The answer is JSON in any case.") var json = false

        func run() async throws {
            try await CommandRun.carryOut { output in
                var text = String(decoding: TopologyDefinition.currentJSON, as: UTF8.self)
                while text.hasSuffix("\n") { text.removeLast() }
                output.answer(text)
                return .done
            }
        }
    }
}

/// Applies or verifies a definition and says how it went.
struct TopologyReport {
    let definition: TopologyDefinition
    let broker: AMQPConfiguration
    let management: ManagementPlugin?
    let output: CommandOutput
    let isJSON: Bool

    static func read(_ environment: [String: String], output: CommandOutput, isJSON: Bool) throws -> TopologyReport {
        var reader = SettingsReader(environment: environment)
        let servers = CommandServers.read([.broker], &reader)
        let management = ManagementPlugin.read(&reader)
        try reader.finish()
        return TopologyReport(
            definition: try .current(), broker: try servers.needed(\.broker, "AMQP_URL"), management: management,
            output: output, isJSON: isJSON)
    }

    func apply() async throws -> Bootstrap.ExitCode {
        let report = try await TopologyApplier(definition, on: broker).apply()
        if isJSON {
            let counts: [JSON.Member] = [
                .init("exchanges", JSON(count: report.exchanges)), .init("queues", JSON(count: report.queues)),
                .init("bindings", JSON(count: report.bindings)),
            ]
            output.answer(JSON.object(counts + [.init("differences", list(report.differences))]).serialized())
        } else {
            output.answer(
                "in place: \(report.exchanges) exchanges, \(report.queues) queues, \(report.bindings) bindings")
            for difference in report.differences { output.answer("✗ \(difference)") }
        }
        return report.differences.isEmpty ? .done : .notSo
    }

    func verify() async throws -> Bootstrap.ExitCode {
        var found = try await TopologyVerifier(definition, on: broker).differences()
        var bindings = BindingCheck.notChecked
        if let management {
            let missing = try await management.missingBindings(of: definition, vhost: virtualHost)
            bindings = .checked(definition.bindings.count)
            found += missing
        }
        if isJSON {
            let checked: JSON = if case .checked = bindings { .bool(true) } else { .bool(false) }
            output.answer(
                JSON.object([.init("differences", list(found)), .init("bindings_checked", checked)]).serialized())
        } else {
            for difference in found { output.answer("✗ \(difference)") }
            if found.isEmpty {
                output.answer(
                    "✓ \(definition.exchanges.count) exchanges and \(definition.queues.count) queues are as defined")
            }
            output.answer(bindings.words)
        }
        return found.isEmpty ? .done : .notSo
    }

    private var virtualHost: String { broker.endpoints.first?.virtualHost ?? "/" }

    private func list(_ differences: [TopologyDifference]) -> JSON {
        .array(
            differences.map {
                [
                    "kind": .string($0.kind.rawValue), "name": .string($0.name), "advice": .string($0.advice),
                ]
            })
    }
}

/// Whether bindings were looked at: silence would be taken for a yes.
enum BindingCheck {
    case checked(Int)
    case notChecked

    var words: String {
        switch self {
        case .checked(let count): "  \(count) bindings were looked up in the management plugin"
        case .notChecked:
            "- bindings were not checked, as AMQP cannot list them: set RABBITMQ_MANAGEMENT_URL, or compare "
                + "`rabbitmqctl list_bindings` with `repazoo topology show`; `repazoo topology apply` makes them all"
        }
    }
}
