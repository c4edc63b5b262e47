import Bootstrap
import Console

@main
struct ConsoleProgram: ProgramCommand {
    typealias Assembly = ConsoleAssembly
}
