import HTTPTransport
import Testing

extension TransportSuite {
    @Suite struct HTTPClientTests {
        let client = HTTPClient()

        @Test func sendsAndReceives() async throws {
            try await withServer(echo) { server in
                let answer = try await client.send(
                    HTTPRequest(
                        .post, "\(server.url)/a/../b?c=d", headers: ["X-One": "1", "x-one": "2", "X-Empty": ""],
                        body: .bytes(Array("hello".utf8))))
                #expect(answer.status == 200)
                #expect(String(decoding: answer.body, as: UTF8.self) == "POST /a/../b?c=d HTTP/1.1|hello")
                #expect(answer.headers.values("X-COUNT") == ["1", "2"])
                let seen = try #require(server.requests.first)
                #expect(seen.values("x-one") == ["1", "2"])
                #expect(seen.values("x-empty") == [""])
                #expect(seen.values("expect").isEmpty && seen.values("content-length") == ["5"])
                #expect(seen.values("user-agent") == ["repazoo-consumers"])
            }
        }

        @Test(arguments: [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete])
        func everyMethodArrives(method: HTTPRequest.Method) async throws {
            try await withServer { connection, server in
                while let request = connection.readRequest() {
                    server.record(request)
                    // An answer to HEAD announces a length and has no body.
                    connection.send(
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (request.line.hasPrefix("HEAD") ? "" : "ok"))
                }
            } _: { server in
                let answer = try await client.send(HTTPRequest(method, "\(server.url)/"))
                #expect(answer.body.count == (method == .head ? 0 : 2))
                let request = try #require(server.requests.first)
                #expect(request.line == "\(method.rawValue) / HTTP/1.1")
                #expect(request.values("content-length") == ([.post, .put, .patch].contains(method) ? ["0"] : []))
            }
        }

        @Test func keepsItsConnection() async throws {
            try await withServer(echo) { server in
                for _ in 0..<20 { _ = try await client.send(HTTPRequest(.get, server.url)) }
                #expect(server.accepted == 1)
            }
        }

        @Test func twoHundredAtOnce() async throws {
            try await withServer(echo) { server in
                let bodies = try await withThrowingTaskGroup(of: String.self) { group in
                    for index in 0..<200 {
                        group.addTask {
                            let request = HTTPRequest(
                                .put, "\(server.url)/\(index)", body: .bytes(Array("\(index)".utf8)))
                            return String(decoding: try await client.send(request).body, as: UTF8.self)
                        }
                    }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(bodies == Set((0..<200).map { "PUT /\($0) HTTP/1.1|\($0)" }))
                #expect(server.accepted <= 64)
            }
        }

        @Test func doesNotFollowRedirects() async throws {
            try await withServer { connection, server in
                while let request = connection.readRequest() {
                    server.record(request)
                    connection.answer("", status: "302 Found", fields: "Location: /elsewhere\r\nSet-Cookie: a=b\r\n")
                }
            } _: { server in
                for _ in 0..<2 {
                    let answer = try await client.send(HTTPRequest(.get, server.url))
                    #expect(answer.status == 302)
                }
                #expect(server.requests.map(\.line) == ["GET / HTTP/1.1", "GET / HTTP/1.1"])
                #expect(server.requests.allSatisfy { $0.values("cookie").isEmpty })
            }
        }

        @Test(arguments: [
            HTTPRequest(.get, "http://127.0.0.1/\r\nX: 1"), HTTPRequest(.get, "http://127.0.0.1/a b"),
            HTTPRequest(.get, "http://user:secret@127.0.0.1/"), HTTPRequest(.get, "http://example.org/"),
            HTTPRequest(.get, "http://127.0.0.1.example.org/"), HTTPRequest(.get, "file:///etc/passwd"),
            HTTPRequest(.get, "ftp://127.0.0.1/"), HTTPRequest(.get, "/relative"), HTTPRequest(.get, ""),
            HTTPRequest(.get, "http://127.0.0.1/", headers: ["X-A": "1\r\nX-B: 2"]),
            HTTPRequest(.get, "http://127.0.0.1/", headers: ["X-A": "1\nX-B: 2"]),
            HTTPRequest(.get, "http://127.0.0.1/", headers: ["X-A": "1\0"]),
            HTTPRequest(.get, "http://127.0.0.1/", headers: ["X-A: 1\r\nX": "2"]),
            HTTPRequest(.get, "http://127.0.0.1/", headers: ["": "2"]),
            HTTPRequest(.post, "http://127.0.0.1/", headers: ["Content-length": "2"]),
            HTTPRequest(.post, "http://127.0.0.1/", headers: ["Transfer-Encoding": "chunked"]),
            HTTPRequest(.get, "http://127.0.0.1/", body: .bytes([1])),
        ])
        func refusesBeforeSending(request: HTTPRequest) async throws {
            let error = try #require(await failure { () throws(HTTPError) in try await client.send(request) })
            #expect(error.kind == .invalidRequest && !error.isRetryable && !error.mayHaveBeenProcessed)
            #expect(!error.description.contains("secret"))
        }

        @Test func refusesAUserAgentThatBreaksItsLine() async throws {
            var configuration = HTTPClientConfiguration()
            configuration.userAgent = "a\r\nX: b"
            let client = HTTPClient(configuration: configuration)
            let request = HTTPRequest(.get, "http://127.0.0.1/")
            #expect(await failure { () throws(HTTPError) in try await client.send(request) }?.kind == .invalidRequest)
        }

        @Test func plainHTTPCanBeForbidden() async throws {
            var configuration = HTTPClientConfiguration()
            configuration.plainHTTP = .never
            let client = HTTPClient(configuration: configuration)
            let request = HTTPRequest(.get, "http://127.0.0.1/")
            #expect(await failure { () throws(HTTPError) in try await client.send(request) }?.kind == .invalidRequest)
        }

        @Test func errorsAndRequestsHideWhatTheyCarry() async throws {
            let port = try freePort()
            let request = HTTPRequest(
                .post, "http://127.0.0.1:\(port)/services/T0/hush?key=hush", headers: ["Authorization": "hush"],
                body: .bytes(Array("hush".utf8)))
            let error = try #require(await failure { () throws(HTTPError) in try await client.send(request) })
            #expect(error.kind == .connect && error.isRetryable && !error.mayHaveBeenProcessed)
            let answer = HTTPResponse(status: 200, headers: ["Set-Cookie": "hush"], body: Array("hush".utf8))
            var dumped = ""
            for value: Any in [error, request, request.headers, answer] {
                dump(value, to: &dumped)
                dumped += "\(value) \(String(reflecting: value))"
            }
            #expect(!dumped.contains("hush"))
            #expect(error.description.contains("127.0.0.1"))
        }

        @Test func stopsForGood() async throws {
            try await withServer { connection, server in
                _ = connection.readRequest()
                server.note("asked")
                connection.waitForClose()
            } _: { server in
                let own = HTTPClient()
                async let waiting = failure { () throws(HTTPError) in try await own.send(HTTPRequest(.get, server.url))
                }
                try await eventually("the request arrives") { server.notes == ["asked"] }
                await own.shutdown()
                #expect(await waiting?.kind == .clientClosed)
                let later = await failure { () throws(HTTPError) in try await own.send(HTTPRequest(.get, server.url)) }
                #expect(later?.kind == .clientClosed)
                await own.shutdown()
            }
        }
    }
}
