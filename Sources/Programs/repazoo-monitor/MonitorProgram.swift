import Bootstrap
import Monitoring

@main
struct MonitorProgram: ProgramCommand {
    typealias Assembly = ConsumerProgram<MonitoringAssembly>
}
