import ArgumentParser

struct RetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "What is deleted when, and the proof of what was.",
        subcommands: [RetentionPlanCommand.self, RetentionCertificate.self])
}
