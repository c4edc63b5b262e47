import Alerting
import Analysis
import Bootstrap
import Console
import Export
import Ingestion
import Monitoring
import Retention
import Scheduling

/// The long-running programs by the names that `repazoo run` takes.
enum RunnablePrograms {
    static let all: [(name: String, assembly: any ProgramAssembly.Type)] = [
        ("ingest", ConsumerProgram<IngestionAssembly>.self), ("analyze", ConsumerProgram<AnalysisAssembly>.self),
        ("export", ConsumerProgram<ExportAssembly>.self), ("monitor", ConsumerProgram<MonitoringAssembly>.self),
        ("alert", AlertingAssembly.self), ("scheduler", SchedulerAssembly.self), ("console", ConsoleAssembly.self),
        ("retention", ConsumerProgram<RetentionAssembly>.self),
    ]

    static var names: String { all.map(\.name).joined(separator: ", ") }
}
