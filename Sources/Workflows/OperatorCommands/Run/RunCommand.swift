import ArgumentParser
import Bootstrap

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs several consumers in one process, for a small machine.",
        discussion: """
            The same programs, with the same settings, in one process: one pool of connections to PostgreSQL, one health \
            server (HTTP_PORT), one SIGTERM for all. When one of them cannot go on, all of them end.

              repazoo run ingest analyze alert scheduler
              repazoo run all

            There are \(RunnablePrograms.names). They share one DATABASE_URL, so its login needs the roles of all of them \
            (topology/access.md), and what isolates one program from another is gone: where that matters run them apart.
            """)

    @Argument(help: "Which; `all` is all of them.") var consumers: [String]

    func validate() throws { _ = try Self.assemblies(consumers) }

    func run() async throws {
        let code = await ProgramHost.run(together: try Self.assemblies(consumers), as: "repazoo run")
        if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
    }

    static func assemblies(_ names: [String]) throws -> [any ProgramAssembly.Type] {
        guard names != ["all"] else { return RunnablePrograms.all.map(\.assembly) }
        guard !names.isEmpty else { throw ValidationError("name at least one of \(RunnablePrograms.names)") }
        return try names.enumerated().map { index, name in
            let short = name.hasPrefix("repazoo-") ? String(name.dropFirst(8)) : name
            guard let program = RunnablePrograms.all.first(where: { $0.name == short }) else {
                throw ValidationError("there is no \(name); there are \(RunnablePrograms.names)")
            }
            guard !names[..<index].contains(name) else { throw ValidationError("\(name) is named twice") }
            return program.assembly
        }
    }
}
