import Bootstrap
import Glibc
import Sandbox

/// One executable under many names: started as `repazoo-ingest` it is the ingest consumer, and so on; under any other name it is the
/// operator's command line. A container image holds it once, with links to it.
public enum Programs {
    public static func main() async {
        let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
        if name == "repazoo-sandbox" { return await SandboxProgram.main() }
        for (_, assembly) in RunnablePrograms.all where assembly.program == name { return await run(assembly) }
        guard !name.hasPrefix("repazoo-") else {
            CommandOutput.terminal.tell("\(name): this executable is not that program; it is \(RunnablePrograms.names)")
            exit(ExitCode.usage.rawValue)
        }
        await RepazooCommand.runAndLeave()
    }

    private static func run<Assembly: ProgramAssembly>(_: Assembly.Type) async {
        await AssemblyCommand<Assembly>.main()
    }
}
