import Synchronization

@testable import OperatorCommands

/// Keeps what a command says.
final class RecordedOutput: Sendable {
    private let lines = Mutex<(answers: [String], told: [String])>(([], []))

    var answers: [String] { lines.withLock { $0.answers } }
    var told: [String] { lines.withLock { $0.told } }

    var output: CommandOutput {
        CommandOutput(
            answer: { line in self.lines.withLock { $0.answers.append(line) } },
            tell: { line in self.lines.withLock { $0.told.append(line) } })
    }
}
