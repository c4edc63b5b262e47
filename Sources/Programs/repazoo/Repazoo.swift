import OperatorCommands

/// The operator's command line, or the program by whose name it is started; everything is in `OperatorCommands`.
@main
struct Repazoo {
    static func main() async { await Programs.main() }
}
