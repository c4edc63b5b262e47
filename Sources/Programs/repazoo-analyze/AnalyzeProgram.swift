import Analysis
import Bootstrap

@main
struct AnalyzeProgram: ProgramCommand {
    typealias Assembly = ConsumerProgram<AnalysisAssembly>
}
