import ArgumentParser

struct ExportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exports", abstract: "Lists exports, gives out their links, and checks an export's file.",
        discussion: """
            An export is asked for by `repazoo publish export --user ID --wait`. It can be had for EXPORT_LINK_TTL (24h) once it is \
            ready; a second request within a day is answered with the same one.

              repazoo exports list --user user-123456
              repazoo exports link 3f2a9c1e-…        the link once more, for who has lost it; audited
              repazoo exports verify export.zip      offline
            """,
        subcommands: [ExportsList.self, ExportsLink.self, ExportsVerify.self, ExportsSchema.self])
}

struct ExportsSchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of an export (topology/schemas/export.json).")

    func run() async throws { CommandOutput.terminal.answer(ExportSchemaText.text) }
}
