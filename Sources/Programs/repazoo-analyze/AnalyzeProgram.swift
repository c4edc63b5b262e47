import Analysis
import Bootstrap

@main
struct AnalyzeProgram: ConsumerCommand {
    typealias Assembly = AnalysisAssembly
}
