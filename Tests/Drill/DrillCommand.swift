import Analysis
import ArgumentParser
import Bootstrap
import ConsumerRuntime
import Export
import Ingestion
import Retention

/// The consumers as tests need them: the real programs, but with a death at a chosen step; and a job of the standard kind
/// that needs no provider. Not part of the product.
@main
struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consumer-drill", abstract: "Consumers that die where they are told to, and their speed.",
        subcommands: [Run.self, Bench.self, Crowd.self, Fill.self])

    static func main() async { await runAndLeave() }

    enum Kind: String, ExpressibleByArgument, CaseIterable { case ingest, analyze, quota, export, retention, standard }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Runs a consumer, configured by the environment.")

        @Argument(
            help:
                "ingest, analyze, export and retention are the product's; quota charges analyses that never happen; standard needs the table of `StandardJob`."
        ) var kind: Kind
        @Option(help: "Die by SIGKILL at this step.", transform: Self.step) var dieAt: Step?
        @Option(help: "… when it is reached for the n-th time.") var nth = 1

        func run() async throws {
            let death = dieAt.map { Death(at: $0, nth: nth) }
            let observe: StepObserver = { death?.reached($0) }
            let code =
                switch kind {
                case .ingest:
                    await ProgramHost.run(ConsumerProgram<IngestionAssembly>.self) { $0.observeStep = observe }
                case .analyze:
                    await ProgramHost.run(ConsumerProgram<AnalysisAssembly>.self) { $0.observeStep = observe }
                case .quota:
                    await ProgramHost.run(ConsumerProgram<QuotaAssembly>.self) { $0.observeStep = observe }
                case .retention:
                    await ProgramHost.run(ConsumerProgram<RetentionAssembly>.self) { $0.observeStep = observe }
                case .export:
                    await ProgramHost.run(ConsumerProgram<ExportAssembly>.self) { $0.observeStep = observe }
                case .standard:
                    await ProgramHost.run(ConsumerProgram<StandardAssembly>.self) { $0.observeStep = observe }
                }
            if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
        }

        private static func step(_ text: String) throws -> Step {
            guard let step = Step(rawValue: text) else {
                throw ValidationError("a step is one of \(Step.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return step
        }
    }
}
