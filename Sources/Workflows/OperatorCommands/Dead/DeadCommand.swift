import ArgumentParser

struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "Messages that were given up: why they died, sent again, or laid to rest.",
        discussion: """
            A consumer gives a message up when it cannot be read, fails too often or fails for good; the broker does when \
            the message keeps killing its consumer. repazoo-alert stores each in the table dead_letters, without personal \
            data. Woken at night:

              repazoo dead list              what died, and how many of which cause
              repazoo dead show 3f2a9c1e     everything about one, and what to do
              repazoo dead replay --reason attempts_exhausted --dry-run
              repazoo dead replay --reason attempts_exhausted
              repazoo dead discard 3f2a9c1e --note "publisher corrected"

            A replayed message keeps its id: whatever was done already is not done twice. Replay once the cause is gone, and \
            of a crash_loop one at first, by its id.
            """,
        subcommands: [DeadListCommand.self, DeadShowCommand.self, DeadReplayCommand.self, DeadDiscardCommand.self])
}
