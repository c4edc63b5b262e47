import HTTPTransport
import Testing

extension TransportSuite {
    /// Answers that a server should never give.
    @Suite struct HTTPFaultTests {
        let client = HTTPClient()

        private func failure(
            _ method: HTTPRequest.Method = .get, timeouts: HTTPTimeouts = .standard, limit: Int = 1 << 20,
            against script: @escaping @Sendable (ServerConnection) -> Void
        ) async throws -> HTTPError {
            try await withServer { connection, _ in
                _ = connection.readRequest()
                script(connection)
            } _: { server in
                let request = HTTPRequest(method, server.url, timeouts: timeouts, maxResponseBytes: limit)
                let error = await HTTPTransportTests.failure { () throws(HTTPError) in try await client.send(request) }
                return try #require(error)
            }
        }

        @Test func bodyShorterThanItsLength() async throws {
            let error = try await failure { $0.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") }
            #expect(error.kind == .truncatedBody && error.isRetryable && error.mayHaveBeenProcessed)
        }

        @Test func chunksWithoutAnEnd() async throws {
            let error = try await failure {
                $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
            }
            #expect(error.kind == .truncatedBody)
        }

        @Test func chunksOfNonsense() async throws {
            let error = try await failure {
                $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n")
            }
            #expect(!error.isRetryable || error.kind == .receiveFailed, "\(error)")
        }

        @Test func connectionReset() async throws {
            let error = try await failure {
                $0.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                $0.reset()
            }
            #expect([.receiveFailed, .truncatedBody].contains(error.kind) && error.isConnectionFatal)
        }

        @Test func nothingAtAll() async throws {
            let error = try await failure(.post) { _ in }
            #expect(error.kind == .receiveFailed && error.mayHaveBeenProcessed)
        }

        @Test(arguments: [
            "HELLO\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        ])
        func garbage(answer: String) async throws {
            let error = try await failure { $0.send(answer) }
            #expect(error.kind == .protocolViolation && !error.isRetryable, "\(error)")
        }

        @Test func tooManyHeaders() async throws {
            let error = try await failure {
                $0.send("HTTP/1.1 200 OK\r\n" + (0..<300).map { "X-\($0): 1\r\n" }.joined() + "\r\n")
                $0.waitForClose()
            }
            #expect(error.kind == .responseTooLarge)
        }

        @Test(arguments: [80_000, 200_000])
        func oneHugeHeader(size: Int) async throws {
            let error = try await failure {
                $0.send("HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: size) + "\r\n\r\n")
                $0.waitForClose()
            }
            #expect(error.kind == .responseTooLarge, "\(error)")
        }

        @Test func interimAnswersWithoutEnd() async throws {
            let error = try await failure { while $0.send("HTTP/1.1 102 Processing\r\nX: 1\r\n\r\n") {} }
            #expect(error.kind == .responseTooLarge)
        }

        @Test func announcedBodyOverTheLimit() async throws {
            let error = try await failure(limit: 1000) {
                $0.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
                $0.waitForClose()
            }
            #expect(error.kind == .responseTooLarge && !error.isRetryable)
        }

        @Test func unannouncedBodyOverTheLimit() async throws {
            let error = try await failure(limit: 100_000) {
                $0.send("HTTP/1.1 200 OK\r\n\r\n")
                while $0.send([UInt8](repeating: 0, count: 10_000)) {}
            }
            #expect(error.kind == .responseTooLarge)
        }

        @Test func bodyOfExactlyTheLimit() async throws {
            try await withServer { connection, _ in
                _ = connection.readRequest()
                connection.answer(String(repeating: "a", count: 1000))
            } _: { server in
                let answer = try await client.send(HTTPRequest(.get, server.url, maxResponseBytes: 1000))
                #expect(answer.body.count == 1000)
            }
        }

        @Test func compressedBomb() async throws {
            // 64 KiB that a gzip reader turns into 64 MiB of zeros, made by the machine's gzip.
            try await withScratchFolder { folder in
                let command =
                    "head -c 67108864 /dev/zero | gzip -9 > \(folder)/bomb && printf tiny | gzip > \(folder)/tiny"
                #expect(try await ChildProcess(["sh", "-c", command]).finish() == 0)
                let bomb = try fileBytes("\(folder)/bomb")
                let tiny = try fileBytes("\(folder)/tiny")
                #expect(bomb.count < 100_000)
                let error = try await failure(limit: 1 << 20) {
                    $0.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
                    $0.send(bomb)
                    $0.waitForClose()
                }
                #expect(error.kind == .responseTooLarge)
                try await withServer { connection, server in
                    if let request = connection.readRequest() { server.record(request) }
                    connection.send(
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(tiny.count)\r\n\r\n")
                    connection.send(tiny)
                } _: { server in
                    let answer = try await client.send(HTTPRequest(.get, server.url))
                    #expect(answer.body == Array("tiny".utf8))
                    #expect(server.requests.first?.values("accept-encoding").first?.contains("gzip") == true)
                }
            }
        }

        @Test func continueBeforeTheAnswer() async throws {
            try await withServer { connection, _ in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n")
                connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
                connection.answer("done", status: "201 Created")
            } _: { server in
                let answer = try await client.send(HTTPRequest(.post, server.url, body: .bytes([1])))
                #expect(answer.status == 201 && answer.headers["x-interim"] == nil && answer.headers["link"] == nil)
                #expect(answer.body == Array("done".utf8))
            }
        }

        @Test func neverAnswering() async throws {
            let timeouts = HTTPTimeouts(total: .milliseconds(300), stall: nil)
            let error = try await failure(.post, timeouts: timeouts) { $0.waitForClose() }
            #expect(error.kind == .timeout(.total) && error.isRetryable && error.mayHaveBeenProcessed)
        }

        @Test func stallingInTheMiddle() async throws {
            let timeouts = HTTPTimeouts(total: .seconds(20), stall: .seconds(1))
            let error = try await failure(timeouts: timeouts) {
                $0.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                $0.waitForClose()
            }
            #expect(error.kind == .timeout(.stall))
        }

        @Test func slowDripEndsAtTheTotal() async throws {
            let timeouts = HTTPTimeouts(total: .milliseconds(500), stall: nil)
            let error = try await failure(timeouts: timeouts) { connection in
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while connection.send("x") { pause(milliseconds: 20) }
            }
            #expect(error.kind == .timeout(.total))
        }

        @Test func waitingForAFreeConnectionEndsAtTheTotal() async throws {
            var configuration = HTTPClientConfiguration()
            configuration.maxConnectionsPerHost = 1
            let client = HTTPClient(configuration: configuration)
            try await withServer { connection, server in
                _ = connection.readRequest()
                server.note("asked")
                connection.waitForClose()
            } _: { server in
                let first = Task { try? await client.send(HTTPRequest(.get, server.url)) }
                try await eventually("the first is in") { server.notes == ["asked"] }
                let request = HTTPRequest(.post, server.url, timeouts: HTTPTimeouts(total: .milliseconds(200)))
                let error = await HTTPTransportTests.failure { () throws(HTTPError) in try await client.send(request) }
                #expect(error?.kind == .timeout(.total) && error?.mayHaveBeenProcessed == false)
                first.cancel()
                #expect(await first.value == nil)
                #expect(server.accepted == 1)
            }
        }

        @Test func unknownHost() async throws {
            let request = HTTPRequest(.get, "https://nowhere.invalid/")
            let error = await HTTPTransportTests.failure { () throws(HTTPError) in try await client.send(request) }
            #expect(error?.kind == .resolve && error?.mayHaveBeenProcessed == false)
        }

        /// libcurl sends a request again when a kept-alive connection turns out dead; a POST may have been carried out.
        @Test(arguments: [[UInt8]("pay".utf8), []])
        func postIsNeverRepeatedBehindTheCallersBack(body: [UInt8]) async throws {
            try await withServer { connection, server in
                guard let first = connection.readRequest() else { return }
                server.record(first)
                connection.answer("ok")
                // The second request on this connection is read, then the server dies without a word.
                if let second = connection.readRequest() { server.record(second) }
            } _: { server in
                _ = try await client.send(HTTPRequest(.get, server.url))
                let request = HTTPRequest(.post, server.url, body: .bytes(body))
                let error = await HTTPTransportTests.failure { () throws(HTTPError) in try await client.send(request) }
                #expect(
                    error?.kind == .receiveFailed && error?.mayHaveBeenProcessed == true, "\(String(describing: error))"
                )
                #expect(server.requests.filter { $0.line.hasPrefix("POST") }.count == 1)
            }
        }

        @Test func putIsRepeatedWithItsWholeBody() async throws {
            try await withServer { connection, server in
                while let request = connection.readRequest() {
                    server.record(request)
                    if server.requests.count == 2 { return }
                    connection.answer("ok")
                }
            } _: { server in
                _ = try await client.send(HTTPRequest(.get, server.url))
                let answer = try await client.send(HTTPRequest(.put, server.url, body: .bytes(Array("same".utf8))))
                #expect(answer.status == 200)
                #expect(server.requests.map { $0.body.count } == [0, 4, 4])
            }
        }

        @Test func recoversFromAServerKilledAndStartedAgain() async throws {
            let first = try ScriptedServer(echo)
            let url = first.url
            for _ in 0..<5 { _ = try await client.send(HTTPRequest(.post, url, body: .bytes([65]))) }
            #expect(first.accepted == 1)
            try await first.kill()
            let error = await HTTPTransportTests.failure { () throws(HTTPError) in
                try await client.send(HTTPRequest(.post, url))
            }
            #expect(error?.isRetryable == true && error?.kind == .connect)
            let second = try ScriptedServer(port: first.port, echo)
            for _ in 0..<5 { _ = try await client.send(HTTPRequest(.post, url, body: .bytes([65]))) }
            #expect(second.accepted == 1)
            try await second.kill()
        }

        @Test func cancellingEndsTheTransferAtOnce() async throws {
            try await withServer { connection, server in
                _ = connection.readRequest()
                server.note("asked")
                connection.waitForClose()
                server.note("closed")
            } _: { server in
                let task = Task { () -> HTTPError? in
                    await HTTPTransportTests.failure { () throws(HTTPError) in
                        try await client.send(HTTPRequest(.get, server.url))
                    }
                }
                try await eventually("the request arrives") { server.notes == ["asked"] }
                let start = ContinuousClock.now
                task.cancel()
                let error = await task.value
                #expect(error?.kind == .cancelled && error?.mayHaveBeenProcessed == true)
                #expect(ContinuousClock.now - start < .seconds(1))
                try await eventually("the connection is closed") { server.notes == ["asked", "closed"] }
            }
        }

        @Test func aTaskCancelledBeforehandSendsNothing() async throws {
            try await withServer(echo) { server in
                let task = Task { () -> HTTPError? in
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await HTTPTransportTests.failure { () throws(HTTPError) in
                        try await client.send(HTTPRequest(.get, server.url))
                    }
                }
                let error = await task.value
                #expect(error?.kind == .cancelled && error?.mayHaveBeenProcessed == false)
                #expect(server.requests.isEmpty)
            }
        }
    }
}
