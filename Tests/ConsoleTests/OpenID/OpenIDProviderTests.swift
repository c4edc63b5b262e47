import Foundation
import HTTPTransport
import Privacy
import Testing

@testable import Console

/// What of a provider's word is believed, over real HTTP.
@Suite(.timeLimit(.minutes(2))) struct OpenIDProviderTests {
    private static func settings(_ played: PlayedProvider, issuer: String? = nil) -> OpenIDSettings {
        OpenIDSettings(
            issuer: issuer ?? played.issuer, clientID: PlayedProvider.clientID,
            clientSecret: SecretString(PlayedProvider.clientSecret), redirect: "https://console.example.com/back",
            scopes: "openid", nameClaim: "preferred_username", roles: RoleMap.read("dpo=viewer", claim: "groups").map,
            label: "Acme")
    }

    /// A whole sign-in but for the browser: the provider's own code for this mark, changed into a token.
    private static func sign(
        _ played: PlayedProvider, by provider: OpenIDProvider, _ http: HTTPClient,
        verifiedBy other: PendingSignIns.Mark? = nil
    ) async throws -> IDToken {
        let mark = PendingSignIns.Mark(state: SessionStore.randomToken(), browser: SessionStore.randomToken())
        let query = [
            ("nonce", mark.nonce), ("code_challenge", mark.challenge),
            ("redirect_uri", "https://console.example.com/back"),
        ].map { "\($0)=\(ConsoleForm.encoded($1))" }.joined(separator: "&")
        let place = try await provider.metadata().authorization + "&" + query
        let answer = try await http.send(HTTPRequest(.get, place))
        let code = try #require(answer.headers["location"]?.firstMatch(of: /code=([^&]+)/)?.output.1)
        return try await provider.token(for: String(code), other ?? mark, at: Date())
    }

    private static func with(
        _ body: (PlayedProvider, OpenIDProvider, HTTPClient) async throws -> Void
    ) async throws {
        try await PlayedProvider.with { played in
            let http = HTTPClient()
            try await body(played, OpenIDProvider(settings: settings(played), http: http, pause: .zero), http)
            await http.shutdown()
        }
    }

    @Test func bothAlgorithmsAreTaken() async throws {
        try await Self.with { played, provider, http in
            let elliptic = try await Self.sign(played, by: provider, http)
            #expect(elliptic.subject == "00u1")
            played.forge { $0.seal = .rs256 }
            let rsa = try await Self.sign(played, by: provider, http)
            #expect(rsa.claims["preferred_username"] == "iris")
            // Two sign-ins, one look at the keys.
            #expect(played.looks == 1)
        }
    }

    private static let forgeries: [(OpenIDFault.Code, @Sendable (inout PlayedProvider.Draft) -> Void)] = [
        (.algorithmRefused, { $0.seal = .none }),
        (.algorithmRefused, { $0.seal = .secret(PlayedProvider.clientSecret) }),
        (.algorithmRefused, { $0.algorithm = "NONE" }),
        (.signatureWrong, { $0.seal = .strangersKey }),
        (.signatureWrong, { $0.seal = .broken }),
        (.keyUnknown, { $0.header["kid"] = "another" }),
        // The key of one algorithm for the other.
        (.keyUnknown, { $0.algorithm = "RS256" }),
        (.keyUnknown, { $0.header["kid"] = "rsa" }),
        (.tokenMalformed, { $0.header["crit"] = ["exp"] }),
        (.tokenMalformed, { $0.header["typ"] = "at+jwt" }),
        (.issuerWrong, { $0.claims["iss"] = "https://evil.example" }),
        (.audienceWrong, { $0.claims["aud"] = "another" }),
        (.audienceWrong, { $0.claims["aud"] = ["console", "another"] }),
        (.audienceWrong, { $0.claims["azp"] = "another" }),
        (.audienceWrong, { $0.claims["aud"] = nil }),
        (.expired, { $0.claims["exp"] = .number(Date().timeIntervalSince1970 - 61) }),
        (.tokenMalformed, { $0.claims["exp"] = nil }),
        (.tokenMalformed, { $0.claims["exp"] = "later" }),
        (.fromTheFuture, { $0.claims["iat"] = .number(Date().timeIntervalSince1970 + 90) }),
        (.fromTheFuture, { $0.claims["nbf"] = .number(Date().timeIntervalSince1970 + 90) }),
        (.nonceWrong, { $0.claims["nonce"] = "of-another-sign-in" }),
        (.nonceWrong, { $0.claims["nonce"] = nil }),
        (.nameless, { $0.claims["sub"] = nil }),
        (.nameless, { $0.claims["sub"] = "" }),
    ]

    @Test func whatIsForgedIsRefusedByName() async throws {
        try await Self.with { played, provider, http in
            for (index, (code, forge)) in Self.forgeries.enumerated() {
                played.forge(forge)
                await #expect(throws: OpenIDFault(code), "forgery \(index)") {
                    try await Self.sign(played, by: provider, http)
                }
            }
            // Clocks that differ by less than a minute, and an audience among several that is ours.
            played.forge {
                $0.claims["exp"] = .number(Date().timeIntervalSince1970 - 50)
                $0.claims["aud"] = ["another", "console"]
                $0.claims["azp"] = "console"
            }
            let token = try await Self.sign(played, by: provider, http)
            #expect(token.subject == "00u1")
        }
    }

    @Test func aCodeIsOfNoUseWithoutTheVerifier() async throws {
        try await Self.with { played, provider, http in
            let strangers = PendingSignIns.Mark(state: "s", browser: "b")
            await #expect(throws: OpenIDFault(.codeRefused)) {
                try await Self.sign(played, by: provider, http, verifiedBy: strangers)
            }
        }
    }

    @Test func aNewKeyIsLookedFor() async throws {
        try await Self.with { played, provider, http in
            _ = try await Self.sign(played, by: provider, http)
            played.rotate()
            let token = try await Self.sign(played, by: provider, http)
            #expect(token.subject == "00u1")
            #expect(played.looks == 2)
        }
    }

    @Test(
        arguments: [
            ["issuer": "https://evil.example"], ["token_endpoint": "ftp://localhost/token"], ["jwks_uri": nil],
            ["authorization_endpoint": "http://localhost/a b"], ["jwks_uri": "https://localhost/keys#part"],
        ] as [[String: JSONValue?]])
    func aProviderThatSpeaksOfAnotherIsNone(_ change: [String: JSONValue?]) async throws {
        try await Self.with { played, provider, _ in
            played.document { document in for (name, value) in change { document[name] = value } }
            await #expect(throws: OpenIDFault(.providerMalformed)) { try await provider.metadata() }
        }
    }

    @Test func whoIsAwayIsSaidToBe() async throws {
        try await PlayedProvider.with { played in
            let http = HTTPClient()
            let nowhere = Self.settings(played, issuer: "http://127.0.0.1:1")
            await #expect(throws: OpenIDFault(.providerUnreachable)) {
                try await OpenIDProvider(settings: nowhere, http: http).metadata()
            }
            await http.shutdown()
        }
    }
}

@Suite struct RoleMapTests {
    @Test func theFirstLineThatFitsCounts() throws {
        let (map, faults) = RoleMap.read("cn=dpo,dc=acme=privacy_officer;ops=operator\nstaff=viewer", claim: "groups")
        #expect(faults.isEmpty)
        #expect(map.role(in: ["groups": ["staff", "ops"]]) == .operator)
        #expect(map.role(in: ["groups": "cn=dpo,dc=acme"]) == .privacyOfficer)
        #expect(map.role(in: ["groups": ["Staff", "op"]]) == nil)
        #expect(map.role(in: ["groups": 7]) == nil && map.role(in: [:]) == nil)
    }

    @Test func aClaimMayLieDeeperOrHoldDots() {
        let nested = RoleMap.read("ops=operator", claim: "realm_access.roles").map
        #expect(nested.role(in: ["realm_access": ["roles": ["ops"]]]) == .operator)
        #expect(nested.role(in: ["realm_access": ["ops"]]) == nil)
        let dotted = RoleMap.read("ops=operator", claim: "https://acme.example/roles").map
        #expect(dotted.role(in: ["https://acme.example/roles": ["ops"]]) == .operator)
    }

    @Test func faultsAreToldByLine() {
        #expect(RoleMap.read("", claim: "groups").faults.count == 1)
        let faults = RoleMap.read("ops\nops=king\nops=viewer\n=viewer", claim: "groups").faults
        #expect(faults.map { $0.prefix(6) } == ["line 1", "line 2", "line 4"])
    }
}
