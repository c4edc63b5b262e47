import ArgumentParser
import EventLoop
import Glibc
import Privacy

struct RedactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "Takes personal data and secrets out of text, for logs that stay in the house.",
        discussion: """
            Writes the standard input with [EMAIL], [PHONE], [IP], [TOKEN], [PASSWORD], [CARD] and [IBAN] in their places; a \
            user id keeps its last four characters. Memory stays the same however long the input and its lines are.

              journalctl -u myapp | repazoo redact
              repazoo redact --json-lines < events.jsonl    each line a JSON value of at most 1 MiB; values are also judged \
            by their names
            """)

    @Flag(help: "Each line is a JSON value, and so is each answer.") var jsonLines = false

    func run() async throws {
        let isJSON = jsonLines
        try await CommandRun.carryOut { _ in
            if isJSON {
                try await StandardFilter.run { () in
                    LineFilter { line throws(LineFilter.Refusal.Cause) in try TextFilters.redactedJSON(line) }
                }
            } else {
                try await StandardFilter.run { StreamFilter(.redact) }
            }
            return .done
        }
    }
}

struct SanitizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sanitize", abstract: "Takes everything personal out of text that leaves the house.",
        discussion: """
            What is done to every tweet before it is sent to the AI: [USER], [EMAIL], [PHONE], [URL], [ID], [IP], [TOKEN], \
            [CARD] and [IBAN] take the places; hashtags, emoji, punctuation and case stay. Memory stays the same however long \
            the input and its lines are.

              echo "Thanks @ada, mail me at ada@example.org" | repazoo sanitize
              repazoo sanitize --json-lines < tweets.jsonl    each line a JSON value of at most 1 MiB
            """)

    @Flag(help: "Each line is a JSON value, and so is each answer.") var jsonLines = false

    func run() async throws {
        let isJSON = jsonLines
        try await CommandRun.carryOut { _ in
            if isJSON {
                try await StandardFilter.run { () in
                    LineFilter { line throws(LineFilter.Refusal.Cause) in try TextFilters.sanitizedJSON(line) }
                }
            } else {
                try await StandardFilter.run { StreamFilter(.sanitize) }
            }
            return .done
        }
    }
}

/// What the filters do to one line of JSON. A blank line stays one.
enum TextFilters {
    static func redactedJSON(_ line: String) throws(LineFilter.Refusal.Cause) -> String {
        try changed(line) { Redactor.redact(json: $0) }
    }

    static func sanitizedJSON(_ line: String) throws(LineFilter.Refusal.Cause) -> String {
        try changed(line) { PromptSanitizer.sanitize(json: $0) }
    }

    private static func changed(_ line: String, _ change: (JSON) -> JSON) throws(LineFilter.Refusal.Cause) -> String {
        if line.allSatisfy(\.isWhitespace) { return line }
        do throws(JSONError) { return change(try JSON(parsing: line, maximumDepth: maximumDepth)).serialized() } catch {
            throw LineFilter.Refusal.Cause(problem: "\(error)")
        }
    }

    /// Deeper than anybody's values, and far from where the parser's own recursion would end.
    private static let maximumDepth = 512
}

/// Standard input through a filter to standard output, on a thread of its own since both may block for long.
enum StandardFilter {
    static func run(_ makeFilter: @escaping @Sendable () -> some ByteFilter) async throws {
        try await BlockingThread.run(name: "repazoo-filter") {
            signal(SIGPIPE, SIG_IGN)
            var filter = makeFilter()
            var chunk = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = chunk.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                var output: [UInt8] = []
                let refusal = attempt { () throws(LineFilter.Refusal) in
                    if count > 0 {
                        try filter.feed(chunk[..<count], into: &output)
                    } else {
                        try filter.finish(into: &output)
                    }
                }
                // A reader that has gone (`| head`) wants no more: no fault.
                let isRead = ByteSink.write(output, to: STDOUT_FILENO)
                if let refusal {
                    throw CommandFault(
                        "line \(refusal.line) of the standard input \(refusal.problem); it was not written")
                }
                guard count > 0, isRead else { return }
            }
        }
    }

    private static func attempt(_ body: () throws(LineFilter.Refusal) -> Void) -> LineFilter.Refusal? {
        do throws(LineFilter.Refusal) { try body() } catch { return error }
        return nil
    }
}
