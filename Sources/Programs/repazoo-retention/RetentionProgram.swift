import Bootstrap
import Retention

@main
struct RetentionProgram: ProgramCommand {
    typealias Assembly = ConsumerProgram<RetentionAssembly>
}
