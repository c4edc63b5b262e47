import Glibc
import Logging
import Privacy
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(4)))
struct StandardErrorSinkTests {
    @Test func eightTasksDoNotInterleave() async throws {
        let pipe = try Pipe()
        _ = fcntl(pipe.writeEnd, F_SETFL, O_NONBLOCK)  // lines wait for room instead of failing
        // F_SETPIPE_SZ: one page, so that the kernel takes long lines in parts.
        _ = fcntl(pipe.writeEnd, 1031, 4096)
        let sink = StandardErrorSink(descriptor: pipe.writeEnd, patience: 10_000)
        let options = TelemetryOptions(logLevel: .info, program: "test")
        let reader = OwnThread.start { [end = pipe.readEnd] in readAll(end) }
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    let logger = Logger(label: "t\(task)") {
                        StandardErrorLogHandler(label: $0, options: options, sink: sink)
                    }
                    let filling = String(repeating: "x", count: 200 + task * 700)
                    for line in 0..<1000 { logger.info("\(filling)", metadata: ["n": "\(line)"]) }
                }
            }
        }
        close(pipe.writeEnd)
        let lines = try await reader.value.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 8000 && sink.droppedLines == 0)
        var next: [String: Int] = [:]
        for line in lines {
            let value = try JSONValue(parsing: line)
            let name = try #require(value["logger"]?.string)
            #expect(value["n"]?.string == "\(next[name, default: 0])")
            next[name, default: 0] += 1
        }
        close(pipe.readEnd)
    }

    @Test func aReaderThatLeftEndsNothing() throws {
        let pipe = try Pipe()
        let sink = StandardErrorSink(descriptor: pipe.writeEnd)
        close(pipe.readEnd)
        sink.write(Array("lost\n".utf8))
        #expect(sink.droppedLines == 1)
        close(pipe.writeEnd)
    }

    @Test func aReaderThatSleepsCostsItsLinesOnly() throws {
        let pipe = try Pipe()
        _ = fcntl(pipe.writeEnd, F_SETFL, O_NONBLOCK)
        let sink = StandardErrorSink(descriptor: pipe.writeEnd, patience: 1)
        for _ in 0..<40 { sink.write([UInt8](repeating: 0x61, count: 4096)) }
        #expect(sink.droppedLines > 0 && sink.droppedLines < 40)
        close(pipe.readEnd)
        close(pipe.writeEnd)
    }
}

private struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (readEnd, writeEnd) = (ends[0], ends[1])
    }
}
