import Alerting
import Bootstrap

@main
struct AlertProgram: ProgramCommand {
    typealias Assembly = AlertingAssembly
}
