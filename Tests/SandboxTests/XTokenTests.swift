import Foundation
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct XTokenTests {
    @Test func missingUnknownAndExpiredTokensAre401() async throws {
        let clock = HandClock()
        try await withSandbox({ $0.now = { clock.now } }) { client in
            let made = try await client.register(
                #"{"id":"601","username":"anna","access_token":"at-601","expires_in":60}"#)
            #expect(made.status == 201)
            #expect(try await client.send("GET", "/twitter/2/users/601/tweets").status == 401)
            #expect(try await client.timeline("601", token: "nobody").status == 401)
            let me = try await client.send("GET", "/twitter/2/users/me", headers: ["Authorization": "Bearer at-601"])
            #expect(me.json == ["data": ["id": "601", "name": "anna", "username": "anna"]])
            clock.advance(59)
            #expect(try await client.timeline("601", token: "at-601").status == 200)
            clock.advance(1)
            let expired = try await client.timeline("601", token: "at-601")
            #expect(expired.status == 401)
            #expect(expired.json["title"] == "Unauthorized")
        }
    }

    @Test func aRefreshTokenWorksOnceAndItsReplayEndsTheFamily() async throws {
        try await withSandbox { client in
            _ = try await client.register(#"{"id":"602","access_token":"at","refresh_token":"rt/+=","expires_in":-1}"#)
            #expect(try await client.timeline("602", token: "at").status == 401)
            let form = "grant_type=refresh_token&refresh_token=rt%2F%2B%3D"
            let first = try await client.oauth("token", form)
            #expect(first.status == 200)
            #expect(first.json["token_type"] == "bearer")
            #expect(first.json["expires_in"] == 7_200)
            #expect(first.json["scope"]?.string?.contains("offline.access") == true)
            let access = try #require(first.json["access_token"]?.string)
            let refresh = try #require(first.json["refresh_token"]?.string)
            #expect(try await client.timeline("602", token: access).status == 200)
            let second = try await client.oauth("token", "grant_type=refresh_token&refresh_token=\(refresh)")
            let latest = try #require(second.json["access_token"]?.string)
            #expect(try await client.timeline("602", token: latest).status == 200)
            let replay = try await client.oauth("token", form)
            #expect(replay.status == 400)
            #expect(
                replay.json == [
                    "error": "invalid_request", "error_description": "Value passed for the token was invalid.",
                ])
            #expect(try await client.timeline("602", token: latest).status == 401)
            let successor = try #require(second.json["refresh_token"]?.string)
            #expect(
                try await client.oauth("token", "grant_type=refresh_token&refresh_token=\(successor)").status == 400)
        }
    }

    @Test func badTokenRequestsAreRefused() async throws {
        try await withSandbox { client in
            let form = "grant_type=refresh_token&refresh_token=sandbox-refresh-603"
            #expect(try await client.oauth("token", form, authorized: false).status == 401)
            #expect(try await client.oauth("token", "refresh_token=x").json["error"] == "invalid_request")
            #expect(try await client.oauth("token", "grant_type=password").json["error"] == "unsupported_grant_type")
            #expect(try await client.oauth("token", "grant_type=refresh_token").status == 400)
            #expect(try await client.oauth("token", "grant_type=refresh_token&refresh_token=unknown").status == 400)
            let basic = "Basic " + Data("client:secret".utf8).base64EncodedString()
            let json = try await client.send(
                "POST", "/twitter/2/oauth2/token",
                headers: ["Authorization": basic, "Content-Type": "application/json"], body: "{}")
            #expect(json.json["error"] == "invalid_request")
            #expect(try await client.oauth("token", form).status == 200)
        }
    }

    @Test func revocationEndsTheTokens() async throws {
        try await withSandbox { client in
            _ = try await client.register(#"{"id":"604","access_token":"at-604","refresh_token":"rt-604"}"#)
            #expect(try await client.timeline("604", token: "at-604").status == 200)
            #expect(try await client.oauth("revoke", "token=at-604").json == ["revoked": true])
            #expect(try await client.timeline("604", token: "at-604").status == 401)
            #expect(try await client.oauth("token", "grant_type=refresh_token&refresh_token=rt-604").status == 400)
            #expect(try await client.timeline("604").status == 200)  // sandbox-604 is another consent
            _ = try await client.oauth("revoke", "token=sandbox-604")
            #expect(try await client.timeline("604").status == 401)
            #expect(try await client.oauth("revoke", "token=unknown").status == 400)
        }
    }

    @Test(arguments: [
        "nonsense", "[]", "{}", #"{"id":5}"#, #"{"id":"abc"}"#, #"{"id":"5","tweets":-1}"#, #"{"id":"5","tweets":"9"}"#,
        #"{"id":"5","mood":"bored"}"#, #"{"id":"5","state":"vanished"}"#, #"{"id":"5","acces_token":"x"}"#,
        #"{"id":"5","username":""}"#,
    ])
    func badRegistrationsAreRefused(_ body: String) async throws {
        try await withSandbox { client in
            let reply = try await client.register(body)
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.string?.isEmpty == false)
        }
    }
}
