import Bootstrap
import Ingestion

@main
struct IngestProgram: ConsumerCommand {
    typealias Assembly = IngestionAssembly
}
