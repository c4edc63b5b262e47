import Sandbox

/// Plays the outside providers on loopback.
@main
struct RepazooSandbox {
    static func main() async { await SandboxProgram.main() }
}
