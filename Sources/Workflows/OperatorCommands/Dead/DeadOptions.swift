import ArgumentParser
import Contracts

/// `--queue` and `--reason`.
struct DeadFilters: ParsableArguments {
    @Option(help: "Only what died in this queue: ingest, or repazoo.ingest, …", transform: Self.queue) var queue:
        QueueName?
    @Option(
        help: "Only what died of this: \(DeadLetterReason.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: Self.reason) var reason: DeadLetterReason?

    private static func queue(_ text: String) throws -> QueueName {
        guard
            let consumer = ConsumerName.allCases.first(where: {
                [$0.rawValue, $0.queue.rawValue, $0.deadQueue.rawValue].contains(text)
            })
        else {
            let known = ConsumerName.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--queue is one of \(known)")
        }
        return consumer.queue
    }

    private static func reason(_ text: String) throws -> DeadLetterReason {
        guard let reason = DeadLetterReason(rawValue: text) else {
            let known = DeadLetterReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--reason is one of \(known)")
        }
        return reason
    }
}

/// Which letters `replay` and `discard` take. Without any selector they refuse: nobody means everything by saying
/// nothing.
struct DeadSelectors: ParsableArguments {
    @Argument(help: "Ids, or their first characters (4 at least).", transform: DeadID.check) var ids: [String] = []
    @OptionGroup var filters: DeadFilters
    @Flag(help: "All that are new (together with --queue or --reason: all of those).") var all = false

    func validate() throws {
        let hasFilter = filters.queue != nil || filters.reason != nil
        if ids.isEmpty, !hasFilter, !all {
            throw ValidationError("say which: ids, --queue, --reason or --all; `repazoo dead list` shows what there is")
        }
        if !ids.isEmpty, hasFilter || all {
            throw ValidationError("either ids, or --queue, --reason and --all: not both")
        }
        if ids.count > DeadID.maximumCount {
            throw ValidationError("at most \(DeadID.maximumCount) ids at once; --queue and --reason take any number")
        }
    }
}

/// An id as people type it.
enum DeadID {
    static let maximumCount = 1000

    static func check(_ text: String) throws -> String {
        let isSane =
            (4...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        guard isSane else {
            throw ValidationError("an id is 4 to 64 letters, digits and hyphens, as `repazoo dead list` shows them")
        }
        return text.contains { $0.isLetter && !$0.isHexDigit } ? text : text.lowercased()
    }

    /// Room for what is shown of an id; enough to tell thousands apart.
    static func short(_ id: String) -> String { Plain.line(String(id.prefix(8))) }
}
