import Foundation

/// A running `compose/servers run` whose command waits for the end of its standard input.
///
/// We hold the other end of that pipe. When it closes, because the test is over or because the kernel buried our
/// process, the command ends and the script takes the servers down.
struct ServerHold: Sendable {
    let folder: String
    let addresses: [String: String]

    private let leash: Int32
    private let process: ChildProcess

    /// What the script runs once the servers answer: tell us where they are, then wait.
    private static let command = """
        env | grep -E '^(REPAZOO_SERVERS_DIR|AMQP_URL|DATABASE_URL|REDIS_URL)='; echo ready; exec cat >/dev/null
        """

    static func start(_ servers: Set<Server>, settings: [String: String]) async throws -> ServerHold {
        let names = servers.map(\.rawValue).sorted().joined(separator: ",")
        let (leash, output) = (try PipeEnds(), try PipeEnds())
        let messages = try TemporaryOutput()
        let process = try ServerScript.start(
            ["run", "--only", names, "--", "bash", "-c", command], settings: settings, input: leash.reading,
            output: output.writing, errors: messages.descriptor)
        close(leash.reading)
        close(output.writing)

        var values: [String: String] = [:]
        for await line in Lines(of: FileHandle(fileDescriptor: output.reading, closeOnDealloc: true)).stream {
            if line == "ready" { break }
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        guard let folder = values.removeValue(forKey: "REPAZOO_SERVERS_DIR") else {
            // The stream ended without a word: the script failed, or this task was cancelled meanwhile.
            close(leash.writing)
            process.signal(SIGTERM)
            let status = await process.ended()
            try Task.checkCancellation()
            throw ServerError(description: "private servers did not start (\(status)): \(messages.text())")
        }
        return ServerHold(folder: folder, addresses: values, leash: leash.writing, process: process)
    }

    /// Lets go and waits until everything is gone.
    func release() async {
        close(leash)
        _ = await process.ended()
    }
}

/// The lines that arrive at a file handle, read by a thread of their own until its other end is closed.
///
/// Not by `FileHandle.readabilityHandler`: on Linux, Dispatch may still watch the descriptor when the handle closes it, and
/// then dies over an event of whatever gets its number next.
struct Lines {
    let stream: AsyncStream<String>

    init(of handle: FileHandle) {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        self.stream = stream
        Thread.detachNewThread {
            var pending = Data()
            while case let chunk = handle.availableData, !chunk.isEmpty {
                pending.append(chunk)
                while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(String(decoding: pending[..<end], as: UTF8.self))
                    pending = Data(pending[pending.index(after: end)...])
                }
            }
            continuation.finish()
        }
    }
}
