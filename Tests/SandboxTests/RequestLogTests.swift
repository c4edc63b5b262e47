import Crypto
import Foundation
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct RequestLogTests {
    @Test func listsWhatCameWithoutSecrets() async throws {
        try await withSandbox { client in
            _ = try await client.timeline("801", "max_results=5&refresh_token=hush", token: "sandbox-801")
            let asked = sentimentRequest(["fine"])
            _ = try await client.message(asked)
            let log = try await client.send("GET", "/sandbox/log")
            #expect(log.json.array?.count == 2)
            #expect(
                !log.text.contains("sandbox-801") && !log.text.contains("hush") && !log.text.contains("key-of-a-test"))
            let first = try #require(log.json.array?.first)
            #expect(first["provider"] == "twitter")
            #expect(first["method"] == "GET")
            #expect(first["path"] == "/twitter/2/users/801/tweets")
            #expect(first["query"] == "max_results=5&refresh_token=***")
            #expect(first["body"] == nil)
            let digest = SHA256.hash(data: Array("Bearer sandbox-801".utf8)).map { hexPair($0) }.joined()
            #expect(first["authorization_sha256"]?.string == digest)
            let anthropic = try await client.send("GET", "/sandbox/log?provider=anthropic").json
            #expect(anthropic.array?.count == 1)
            #expect(anthropic.array?.first?["body"]?.string == asked.text)
            #expect(anthropic.array?.first?["status"] == 200)
            #expect(try await client.send("DELETE", "/sandbox/log").status == 204)
            #expect(try await client.send("GET", "/sandbox/log").json == [])
        }
    }

    @Test func remembersOnlyTheLast() {
        var log = RequestLog()
        for number in 0..<25_000 {
            let request = SandboxRequest(
                method: "GET", path: "/twitter/\(number)", query: FormFields(""), headers: [:], body: [])
            log.append(
                RequestRecord(request, provider: "twitter", at: .distantPast, status: 200, fault: FaultDecision()))
        }
        #expect(log.count == 10_000)
        let listed = log.listed(provider: nil).array
        #expect(listed?.first?["path"] == "/twitter/15000")
        #expect(listed?.last?["path"] == "/twitter/24999")
    }

    @Test func healthAndUnknownPaths() async throws {
        try await withSandbox { client in
            let health = try await client.send("GET", "/healthz")
            #expect(health.json == ["status": "ok"])
            let others = [
                "/nowhere": 404, "/twitterish": 404, "/sandbox/users": 405, "/twitter/2/nothing": 404,
                "/anthropic/v1/nothing": 404,
            ]
            for (path, status) in others {
                let reply = try await client.send("GET", path, headers: Client.anthropicHeaders)
                #expect(reply.status == status, "\(path)")
            }
        }
    }

    @Test func formsAndJSONKeepWhatTheyCarry() throws {
        #expect(FormFields("a=1+2&b=%C3%A4&c&d=%zz%4").pairs.map(\.value) == ["1 2", "ä", "", "%zz%4"])
        let value: JSON = [
            "text": "a\"b\\c\n\u{1}ä😀", "list": [1, .double(0.5), true, .null, .int(9_007_199_254_740_993)],
        ]
        #expect(JSON(text: value.text) == value)
    }
}
