import Bootstrap
import Ingestion

@main
struct IngestProgram: ProgramCommand {
    typealias Assembly = ConsumerProgram<IngestionAssembly>
}
