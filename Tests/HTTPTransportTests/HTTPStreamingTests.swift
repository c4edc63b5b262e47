import HTTPTransport
import Synchronization
import Testing

extension TransportSuite {
    @Suite struct HTTPStreamingTests {
        static let size = 64 << 20
        let client = HTTPClient()

        /// Pieces of 64 KiB, each made when it is asked for.
        private static func pieces(
            _ count: Int, onPiece: @escaping @Sendable (Int) -> Void = { _ in }
        ) -> @Sendable () -> AsyncThrowingStream<[UInt8], any Error> {
            {
                let next = Counter()
                return AsyncThrowingStream {
                    let index = next.increment()
                    onPiece(index)
                    return index <= count ? [UInt8](repeating: UInt8(index & 0xFF), count: 65_536) : nil
                }
            }
        }

        @Test(arguments: [Self.size, nil])
        func uploadsWithFlatMemory(length: Int?) async throws {
            try await withServer { connection, server in
                guard let (_, fields) = connection.readHead() else { return }
                let isChunked = fields.contains { $0.lowercased() == "transfer-encoding: chunked" }
                server.note(isChunked ? "chunked" : "whole")
                var left = Self.size
                if isChunked {
                    while let size = connection.readLine().flatMap({ Int($0, radix: 16) }),
                        let _ = connection.read(size),
                        connection.readLine() == "", size > 0
                    { left -= size }
                } else {
                    while left > 0, let piece = connection.read(min(left, 65_536)) { left -= piece.count }
                }
                connection.answer("left \(left)")
            } _: { server in
                let before = try residentMegabytes()
                let peak = Peak()
                let body = Self.pieces(Self.size / 65_536) {
                    if $0 % 64 == 0 { peak.note((try? residentMegabytes()) ?? 0) }
                }
                let answer = try await client.send(
                    HTTPRequest(.put, server.url, body: .stream(length: length, body)))
                #expect(String(decoding: answer.body, as: UTF8.self) == "left 0")
                #expect(server.notes == [length == nil ? "chunked" : "whole"])
                #expect(peak.value - before < 24, "resident memory grew from \(before) to \(peak.value) MiB")
            }
        }

        @Test func downloadsWithFlatMemory() async throws {
            try await withServer { connection, _ in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: \(Self.size)\r\n\r\n")
                let piece = [UInt8](repeating: 7, count: 65_536)
                for _ in 0..<(Self.size / piece.count) { connection.send(piece) }
            } _: { server in
                let before = try residentMegabytes()
                let answer = try await client.stream(HTTPRequest(.get, server.url, maxResponseBytes: Self.size))
                #expect(answer.status == 200 && answer.headers["x-a"] == "b")
                var got = 0
                var peak = 0
                for try await piece in answer.body {
                    got += piece.count
                    peak = max(peak, try residentMegabytes())
                }
                #expect(got == Self.size)
                #expect(peak - before < 24, "resident memory grew from \(before) to \(peak) MiB")
            }
        }

        @Test func aPausingConsumerStopsTheSender() async throws {
            let sent = Counter()
            try await withServer { connection, server in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.size)\r\n\r\n")
                let piece = [UInt8](repeating: 7, count: 65_536)
                for _ in 0..<(Self.size / piece.count) {
                    connection.send(piece)
                    sent.increment()
                }
                server.note("all out")
            } _: { server in
                // The stall clock must not run while it is the consumer who waits.
                let timeouts = HTTPTimeouts(total: nil, stall: .seconds(1))
                let answer = try await client.stream(
                    HTTPRequest(.get, server.url, timeouts: timeouts, maxResponseBytes: Self.size))
                try await standsStill(sent, for: .milliseconds(1500))
                // 256 KiB here, the rest in the two kernels' socket buffers.
                #expect(sent.value < 200, "\(sent.value) of 1024 pieces left the server")
                #expect(server.notes.isEmpty)
                var got = 0
                for try await piece in answer.body { got += piece.count }
                #expect(got == Self.size && server.notes == ["all out"])
            }
        }

        @Test func aSlowReaderStopsTheUploadsSource() async throws {
            let made = Counter()
            let gate = Counter()
            try await withServer { connection, _ in
                guard connection.readHead() != nil else { return }
                while gate.value == 0 { pause(milliseconds: 2) }
                _ = connection.read(Self.size)
                connection.answer("ok")
            } _: { server in
                let body = Self.pieces(Self.size / 65_536) { _ in made.increment() }
                async let answer = client.send(HTTPRequest(.put, server.url, body: .stream(length: Self.size, body)))
                try await eventually("the upload begins") { made.value > 0 }
                try await standsStill(made, for: .milliseconds(300))
                #expect(made.value < 200, "\(made.value) of 1024 pieces were asked for")
                gate.increment()
                #expect(try await answer.status == 200)
            }
        }

        @Test func aBodyThatEndsEarlyThrowsAfterWhatCame() async throws {
            try await withServer { connection, _ in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            } _: { server in
                let answer = try await client.stream(HTTPRequest(.get, server.url))
                var got: [UInt8] = []
                let error = await failure { () throws(HTTPError) in for try await piece in answer.body { got += piece }
                }
                #expect(got == Array("half".utf8))
                #expect(error?.kind == .truncatedBody)
            }
        }

        @Test func aStreamOverTheLimitThrows() async throws {
            try await withServer { connection, _ in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\n\r\n")
                while connection.send([UInt8](repeating: 1, count: 10_000)) {}
            } _: { server in
                let answer = try await client.stream(HTTPRequest(.get, server.url, maxResponseBytes: 1_000_000))
                var got = 0
                let error = await failure { () throws(HTTPError) in
                    for try await piece in answer.body { got += piece.count }
                }
                #expect(error?.kind == .responseTooLarge && got <= 1_000_000)
            }
        }

        @Test func lettingGoOfTheBodyEndsTheTransfer() async throws {
            try await withServer { connection, server in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\n\r\n")
                while connection.send([UInt8](repeating: 1, count: 10_000)) {}
                server.note("closed")
            } _: { server in
                do {
                    let answer = try await client.stream(HTTPRequest(.get, server.url, maxResponseBytes: .max))
                    for try await _ in answer.body { break }
                }
                try await eventually("the connection is closed") { server.notes == ["closed"] }
            }
        }

        @Test func cancellingTheConsumerEndsTheTransfer() async throws {
            try await withServer { connection, server in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\n\r\nfirst")
                connection.waitForClose()
                server.note("closed")
            } _: { server in
                let seen = Counter()
                let task = Task { () -> HTTPError? in
                    await failure { () throws(HTTPError) in
                        let answer = try await client.stream(HTTPRequest(.get, server.url))
                        for try await _ in answer.body { seen.increment() }
                    }
                }
                try await eventually("the first piece comes") { seen.value == 1 }
                task.cancel()
                #expect(await task.value?.kind == .cancelled)
                try await eventually("the connection is closed") { server.notes == ["closed"] }
            }
        }

        @Test func aStreamOutlivesItsClient() async throws {
            let gate = Counter()
            try await withServer { connection, _ in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
                while gate.value == 0 { pause(milliseconds: 2) }
                connection.send("later")
            } _: { server in
                let answer = try await HTTPClient().stream(HTTPRequest(.get, server.url))
                gate.increment()
                var got: [UInt8] = []
                for try await piece in answer.body { got += piece }
                #expect(got == Array("firstlater".utf8))
            }
        }

        struct SourceFailed: Error {}

        @Test(arguments: [(5, "shorter"), (1, "longer"), (nil, "threw")] as [(Int?, String)])
        func anUploadThatBreaksItsPromise(length: Int?, what: String) async throws {
            try await withServer { connection, server in
                if let request = connection.readRequest() { server.record(request) }
                connection.waitForClose()
            } _: { server in
                let request = HTTPRequest(
                    .post, server.url,
                    body: .stream(length: length) {
                        let next = Counter()
                        return AsyncThrowingStream {
                            if length == nil, next.value == 1 { throw SourceFailed() }
                            return next.increment() == 1 ? [1, 2, 3] : nil
                        }
                    })
                let error = try #require(await failure { () throws(HTTPError) in try await client.send(request) })
                #expect(error.kind == .requestBodyFailed && error.reason.contains(what), "\(error)")
                #expect((error.underlying is SourceFailed) == (length == nil))
                #expect(server.requests.isEmpty, "the server must not take it for a whole request")
            }
        }

        @Test func anEndedTransferCancelsItsSource() async throws {
            try await withServer { connection, _ in
                _ = connection.readHead()
                connection.waitForClose()
            } _: { server in
                let ended = Counter()
                let body: @Sendable () -> AsyncThrowingStream<[UInt8], any Error> = {
                    let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
                    continuation.onTermination = { _ in ended.increment() }
                    return stream
                }
                let request = HTTPRequest(
                    .post, server.url, body: .stream(length: nil, body),
                    timeouts: HTTPTimeouts(total: .milliseconds(200)))
                let error = await failure { () throws(HTTPError) in try await client.send(request) }
                #expect(error?.kind == .timeout(.total))
                try await eventually("the source is cancelled") { ended.value == 1 }
            }
        }

        /// Returns once the count has not moved for that long.
        private func standsStill(_ counter: Counter, for quiet: Duration) async throws {
            var last = -1
            var since = ContinuousClock.now
            try await eventually("the count stands still", within: .seconds(20)) {
                if counter.value != last {
                    last = counter.value
                    since = .now
                }
                return ContinuousClock.now - since > quiet
            }
        }
    }
}

final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    @discardableResult
    func increment() -> Int { count.add(1, ordering: .sequentiallyConsistent).newValue }
}

final class Peak: Sendable {
    private let highest = Mutex(0)
    var value: Int { highest.withLock { $0 } }
    func note(_ value: Int) { highest.withLock { $0 = max($0, value) } }
}
