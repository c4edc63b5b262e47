import Testing

/// One at a time: some of these watch this process's memory, all of them share its two cores with their servers.
@Suite(.serialized, .timeLimit(.minutes(2)))
enum TransportSuite {}
