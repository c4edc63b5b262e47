/// Takes connections into its backlog and never says a word.
final class SilentServer: Sendable {
    private let server: ScriptedServer
    var url: String { server.url }

    init() throws { server = try ScriptedServer() }
}
