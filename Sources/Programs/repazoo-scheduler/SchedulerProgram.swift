import Bootstrap
import Scheduling

@main
struct SchedulerProgram: ProgramCommand {
    typealias Assembly = SchedulerAssembly
}
