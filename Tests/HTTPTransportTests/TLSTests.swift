import HTTPTransport
import Testing

extension TransportSuite {
    /// Against `openssl s_server` with certificates made here.
    @Suite struct TLSTests {
        private func certificate(_ folder: String, _ name: String, for host: String) async throws {
            let made = try await ChildProcess([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                "2",
                "-subj", "/CN=\(host)", "-addext", "subjectAltName=DNS:\(host)", "-keyout", "\(folder)/\(name).key",
                "-out",
                "\(folder)/\(name).pem",
            ]).finish()
            try #require(made == 0, "openssl req failed")
        }

        private func withTLSServer(
            for host: String = "localhost", _ options: [String] = [],
            _ body: (_ port: UInt16, _ folder: String) async throws -> Void
        ) async throws {
            try await withScratchFolder { folder in
                try await certificate(folder, "server", for: host)
                try await certificate(folder, "other", for: "localhost")
                let port = try freePort()
                let server = try ChildProcess(
                    [
                        "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "\(folder)/server.pem", "-key",
                        "\(folder)/server.key", "-www", "-quiet",
                    ] + options)
                defer { server.kill() }
                try await eventually("openssl listens") { isListening(port) }
                try await body(port, folder)
                server.kill()
                _ = try await server.finish()
            }
        }

        private func client(trusting file: String?) -> HTTPClient {
            var configuration = HTTPClientConfiguration()
            configuration.certificateAuthorityFile = file
            return HTTPClient(configuration: configuration)
        }

        @Test func trustsTheRightAuthorityOnly() async throws {
            try await withTLSServer { port, folder in
                let request = HTTPRequest(.get, "https://localhost:\(port)/")
                let answer = try await client(trusting: "\(folder)/server.pem").send(request)
                #expect(answer.status == 200 && String(decoding: answer.body, as: UTF8.self).contains("TLSv1.3"))
                for authority in ["\(folder)/other.pem", nil] {
                    let client = client(trusting: authority)
                    let error = try #require(await failure { () throws(HTTPError) in try await client.send(request) })
                    #expect(error.kind == .untrustedCertificate && !error.isRetryable && !error.mayHaveBeenProcessed)
                }
                let missing = client(trusting: "\(folder)/missing.pem")
                #expect(await failure { () throws(HTTPError) in try await missing.send(request) }?.kind == .tls)
            }
        }

        @Test func checksTheHostsName() async throws {
            try await withTLSServer(for: "elsewhere.example") { port, folder in
                let client = client(trusting: "\(folder)/server.pem")
                let request = HTTPRequest(.get, "https://localhost:\(port)/")
                #expect(
                    await failure { () throws(HTTPError) in try await client.send(request) }?.kind
                        == .untrustedCertificate)
            }
        }

        @Test func refusesOldTLS() async throws {
            try await withTLSServer(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]) { port, folder in
                let client = client(trusting: "\(folder)/server.pem")
                let request = HTTPRequest(.get, "https://localhost:\(port)/")
                #expect(await failure { () throws(HTTPError) in try await client.send(request) }?.kind == .tls)
            }
        }

        @Test func aServerThatSpeaksNoTLS() async throws {
            try await withServer { connection, _ in
                _ = connection.readByte()
                connection.answer("plain")
                connection.waitForClose()
            } _: { server in
                let client = HTTPClient()
                let request = HTTPRequest(.get, "https://127.0.0.1:\(server.port)/")
                #expect(await failure { () throws(HTTPError) in try await client.send(request) }?.kind == .tls)
            }
        }

        @Test func aHandshakeThatNeverEndsTimesOut() async throws {
            try await withServer { connection, _ in
                connection.waitForClose()
            } _: { server in
                let client = HTTPClient()
                let request = HTTPRequest(
                    .get, "https://127.0.0.1:\(server.port)/", timeouts: HTTPTimeouts(connect: .milliseconds(200)))
                let error = await failure { () throws(HTTPError) in try await client.send(request) }
                #expect(error?.kind == .timeout(.connect) && error?.mayHaveBeenProcessed == false)
            }
        }
    }
}
