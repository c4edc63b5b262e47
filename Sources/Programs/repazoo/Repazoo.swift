import OperatorCommands

/// The operator's command line; everything is in `OperatorCommands`.
@main
struct Repazoo {
    static func main() async { await RepazooCommand.main() }
}
