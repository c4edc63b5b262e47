import Bootstrap
import Export

@main
struct ExportProgram: ProgramCommand {
    typealias Assembly = ConsumerProgram<ExportAssembly>
}
